"""Makes pillowResize.json: what Pillow's Image.resize gives for synthetic pictures.

Run: python test/golden/pillowResize.py   (needs Pillow and NumPy; versions are written into the file)

The pictures are made by a formula that any language can repeat, so the file holds results only, as SHA-256 of the
[height, width, 3] bytes; the smallest results are also listed byte by byte, for finding out what is wrong.
"""

import hashlib
import json
import pathlib
import sys

import numpy
import PIL
from PIL import Image

FORMULA = "value(y, x, c) = ((x*x*7 + y*y*13 + x*y*5 + c*89 + (x*31+y*17)%101*3) >> (1 + (x+y+c)%3)) & 255"


def picture(width, height):
    y, x, c = numpy.meshgrid(
        numpy.arange(height, dtype=numpy.int64),
        numpy.arange(width, dtype=numpy.int64),
        numpy.arange(3, dtype=numpy.int64),
        indexing="ij",
    )
    value = x * x * 7 + y * y * 13 + x * y * 5 + c * 89 + (x * 31 + y * 17) % 101 * 3
    return Image.fromarray(((value >> (1 + (x + y + c) % 3)) & 255).astype(numpy.uint8), "RGB")


# (width, height) from and to: photographs' sizes, odd ones, enlargements, extreme ratios, sides of one pixel.
CASES = [
    ((200, 200), (224, 224)), ((200, 200), (150, 150)), ((200, 200), (96, 96)), ((500, 375), (224, 224)),
    ((375, 499), (150, 150)), ((64, 64), (224, 224)), ((97, 61), (33, 47)), ((33, 47), (97, 61)),
    ((1, 1), (5, 7)), ((1, 9), (4, 3)), ((9, 1), (3, 4)), ((5, 7), (1, 1)), ((640, 3), (5, 90)),
    ((3, 640), (90, 5)), ((1000, 1), (1, 1000)), ((2, 2), (3, 3)), ((3, 3), (2, 2)), ((17, 13), (17, 5)),
    ((17, 13), (6, 13)), ((17, 13), (17, 13)), ((255, 257), (256, 256)), ((1023, 767), (224, 224)),
    ((31, 29), (299, 7)), ((16, 16), (16, 17)), ((500, 375), (499, 374)), ((4, 4), (1, 4)), ((230, 233), (178, 197)),
    ((300, 500), (224, 224)), ((1500, 1100), (224, 224)), ((700, 2100), (150, 150)),
]
FILTERS = {
    "nearest": Image.Resampling.NEAREST, "box": Image.Resampling.BOX, "bilinear": Image.Resampling.BILINEAR,
    "hamming": Image.Resampling.HAMMING, "bicubic": Image.Resampling.BICUBIC, "lanczos": Image.Resampling.LANCZOS,
}


def results(source, target):
    image = picture(*source)
    for name, resampling in FILTERS.items():
        data = image.resize(target, resampling).tobytes()
        row = {"from": source, "to": target, "filter": name, "sha256": hashlib.sha256(data).hexdigest()}
        yield {**row, "bytes": list(data)} if len(data) <= 27 else row


golden = {
    "origin": {
        "script": "test/golden/pillowResize.py", "formula": FORMULA, "pillow": PIL.__version__,
        "numpy": numpy.__version__, "python": sys.version.split()[0],
    },
    "cases": [row for source, target in CASES for row in results(source, target)],
}
lines = ",\n".join("  " + json.dumps(row, separators=(",", ":")) for row in golden["cases"])
target = pathlib.Path(__file__).with_suffix(".json")
target.write_text('{"origin":%s,"cases":[\n%s\n]}\n' % (json.dumps(golden["origin"]), lines))

"""Makes pillowPhotos.json: what Pillow decodes and resizes real photographs to.

Run: python test/golden/pillowPhotos.py [data folder]   (needs Pillow; its version is written into the file)

The photographs are not in the repository; the file holds their SHA-256 and that of the [224, 224, 3] result.
"""

import hashlib
import json
import pathlib
import sys

import PIL
from PIL import Image, features

PHOTOS = [
    *(f"cats_and_dogs_originals/cats/cat.{n}.jpg" for n in (0, 7, 21, 133, 402)),
    *(f"cats_and_dogs_originals/dogs/dog.{n}.jpg" for n in (1, 19, 88, 250, 499)),
    *(f"cats_and_dogs_small/test/cats/cat.{n}.jpg" for n in (1500, 1777)),
]


def row(folder, name):
    path = folder / name
    image = Image.open(path).convert("RGB").resize((224, 224), Image.Resampling.BILINEAR)
    return {
        "path": name,
        "file": hashlib.sha256(path.read_bytes()).hexdigest(),
        "size": Image.open(path).size,
        "pixels": hashlib.sha256(image.tobytes()).hexdigest(),
    }


folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")
origin = {"script": "test/golden/pillowPhotos.py", "pillow": PIL.__version__,
          "libjpeg_turbo": features.version_feature("libjpeg_turbo"), "filter": "bilinear"}
lines = ",\n".join("  " + json.dumps(row(folder, name), separators=(",", ":")) for name in PHOTOS)
pathlib.Path(__file__).with_suffix(".json").write_text(
    '{"origin":%s,"photos":[\n%s\n]}\n' % (json.dumps(origin), lines)
)

"""Makes affine.json: Keras's and SciPy's affine transforms with every fill mode, order and parameter.

Run: python test/golden/affine.py   (needs TensorFlow, Keras, SciPy)
"""

from goldenFile import array, source, write
from legacyKeras import ImageDataGenerator, affine_row_first, picture, plain

IDENTITY = {
    "theta": 0, "tx": 0, "ty": 0, "shear": 0, "zx": 1, "zy": 1, "flip_horizontal": False, "flip_vertical": False,
    "channel_shift_intensity": None, "brightness": None,
}
SINGLE = [
    {"theta": 23.0}, {"theta": -61.0}, {"theta": 90.5}, {"tx": 2.3}, {"tx": -3.7}, {"ty": 1.4}, {"ty": -12.6},
    {"shear": 17.0}, {"shear": -33.0}, {"zx": 0.6}, {"zx": 1.7}, {"zy": 0.45}, {"zy": 2.3},
]
ALL = [
    {"theta": 31.0, "tx": 1.25, "ty": -2.4, "shear": 12.0, "zx": 1.3, "zy": 0.8},
    {"theta": -140.0, "tx": -9.1, "ty": 7.7, "shear": -25.0, "zx": 2.1, "zy": 1.9},
]
FILLS = [("nearest", 0.0), ("constant", 0.0), ("constant", 127.5), ("reflect", 0.0), ("wrap", 0.0)]


def cases(x):
    for change in SINGLE + ALL:
        p = {**IDENTITY, **change}
        fills = FILLS if change in ALL or "theta" in change else [("nearest", 0.0), ("wrap", 0.0)]
        for mode, cval in fills:
            for order in (0, 1):
                settings = {"fillMode": mode, "cval": cval, "interpolationOrder": order}
                generator = ImageDataGenerator(fill_mode=mode, cval=cval, interpolation_order=order)
                y = generator.apply_transform(x, p)
                yield {"compat": "keras-3", "parameters": plain(p), **settings, "output": array(y)}
                if change in ALL and order == 1:
                    y = affine_row_first(x, p, True, order, mode, cval)
                    yield {"compat": "keras-2.2", "parameters": plain(p), **settings, "output": array(y)}
                if change in ALL and order == 0:
                    y = affine_row_first(x, {**p, "shear": p["shear"] / 50}, False, order, mode, cval)
                    first = plain({**p, "shear": p["shear"] / 50})
                    yield {"compat": "keras-2.0.8", "parameters": first, **settings, "output": array(y)}


x = picture(7, 9)
write("affine", {
    "source": source("affine.py", ["keras", "numpy", "scipy"]),
    "input": array(x),
    "cases": list(cases(x)),
})

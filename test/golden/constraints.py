"""Writes constraints.json: weights of several shapes before and after each of Keras's constraints.

Run: KERAS_BACKEND=tensorflow python test/golden/constraints.py
"""

import keras
import numpy as np

from goldenFile import array, source, write

C = keras.constraints
random = np.random.default_rng(7)

CASES = [
    ("max norm", {"kind": "maxNorm", "maxValue": 2, "axis": 0}, C.MaxNorm(), (5, 3)),
    ("max norm of rows", {"kind": "maxNorm", "maxValue": 1.5, "axis": -1}, C.MaxNorm(1.5, axis=-1), (5, 3)),
    ("max norm of filters", {"kind": "maxNorm", "maxValue": 1, "axis": [0, 1, 2]}, C.MaxNorm(1, axis=[0, 1, 2]), (3, 2, 4, 5)),
    ("min max norm", {"kind": "minMaxNorm", "minValue": 1, "maxValue": 1.5, "rate": 0.25, "axis": 0},
     C.MinMaxNorm(1, 1.5, rate=0.25), (4, 6)),
    ("unit norm", {"kind": "unitNorm", "axis": 0}, C.UnitNorm(), (4, 3)),
    ("unit norm of filters", {"kind": "unitNorm", "axis": [0, 1, 2]}, C.UnitNorm(axis=[0, 1, 2]), (2, 3, 4, 2)),
    ("not negative", {"kind": "nonNeg"}, C.NonNeg(), (4, 3)),
]


def case(name, constraint, keras_constraint, shape):
    before = random.normal(size=shape).astype("float32")
    before[..., 0] *= 0.1
    return {"name": name, "constraint": constraint, "before": array(before), "after": array(keras_constraint(before))}


write(
    "constraints",
    {
        "source": source("constraints.py", ["keras", "tensorflow-cpu", "numpy"], backend="tensorflow"),
        "cases": [case(*row) for row in CASES],
    },
)

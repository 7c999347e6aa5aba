"""Writes decodePredictions.json: what Keras's decode_predictions makes of scores by a formula, with made-up names of classes.

Run: python test/golden/decodePredictions.py

Class i is called ["n" and i with eight digits, "class_" and i]; its score in row r is ((i * 379 + r * 97) % 1009) / 1009, in float32.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
from keras.src.applications import imagenet_utils

import goldenFile

imagenet_utils.CLASS_INDEX = {str(i): [f"n{i:08}", f"class_{i}"] for i in range(1000)}
classes = np.arange(1000)
rows = [((classes * 379 + row * 97) % 1009) / 1009 for row in range(3)]
scores = np.array(rows, dtype=np.float32)


def decoded(values, top):
    found = imagenet_utils.decode_predictions(values, top=top)
    return [[[code, name, goldenFile.number(score)] for code, name, score in row] for row in found]


goldenFile.write("decodePredictions", {
    "source": goldenFile.source("decodePredictions.py", ["keras", "numpy"]),
    "top5": decoded(scores, 5),
    "top2": decoded(scores, 2),
})

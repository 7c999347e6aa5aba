"""Writes fitLines.json: what the `fit` of Keras prints with verbose 1 and 2, times as "T" and values as "V".

A bar that is drawn again and again counts by what stands there in the end. No numbers are compared, so the data are anything.
"""

import contextlib
import io
import os
import re

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

from goldenFile import source, write

# [epochs, verbose, with validation].
CASES = [[2, 1, True], [2, 2, True], [1, 1, False], [1, 2, False], [2, 0, True]]


def masked(text):
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = text.replace("\b", "")
    lines = [re.split(r"\r", line)[-1].rstrip() for line in text.split("\n")]
    return [mask(line) for line in lines if line]


def mask(line):
    line = re.sub(r"\d+(\.\d+)?(s|ms|us)\b", "T", line)
    return re.sub(r"-?\d\.\d{4}(e[-+]\d+)?", "V", line)


def printed(epochs, verbose, validation):
    random = np.random.default_rng(5)
    x = random.normal(size=(20, 3)).astype("float32")
    y = random.integers(0, 2, (20, 1)).astype("float32")
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="sgd", loss="binary_crossentropy", metrics=["acc", "mae"])
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        model.fit(x, y, batch_size=6, epochs=epochs, verbose=verbose, validation_split=0.25 if validation else 0.0)
    return {"epochs": epochs, "verbose": verbose, "validation": validation, "lines": masked(out.getvalue())}


write("fitLines", {
    "source": source("fitLines.py", ["keras", "tensorflow-cpu", "numpy"], backend="tensorflow"),
    "cases": [printed(*case) for case in CASES],
})

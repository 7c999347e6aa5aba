"""Writes resizing.json: what Keras's Resizing, UpSampling2D and CenterCrop make of small pictures, and for some the gradients.

The gradient is that of sum(output * cos(3 i + 1)) by the input, element i in Keras's order (channels last).
Run: KERAS_BACKEND=tensorflow python test/golden/resizing.py
"""

import keras
import numpy as np
import tensorflow as tf

from goldenFile import array, source, write

L = keras.layers
random = np.random.default_rng(5)


def case(name, kind, config, layer, shape):
    x = tf.constant(random.normal(size=(2, *shape)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = layer(x)
        direction = tf.cast(tf.cos(3.0 * tf.range(tf.size(output), dtype=tf.float64) + 1), tf.float32)
        loss = tf.reduce_sum(tf.reshape(output, [-1]) * direction)
    row = {"name": name, "kind": kind, "config": config, "inputs": [array(x)], "weights": [], "names": [],
           "output": array(output), "weightGradients": []}
    return {**row, "inputGradients": [array(tape.gradient(loss, x))]}


cases = []
for interpolation in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
    for height, width in ((9, 4), (3, 11), (14, 10)):
        for antialias in (False, True):
            settings = {"height": height, "width": width, "interpolation": interpolation, "antialias": antialias}
            layer = L.Resizing(height, width, interpolation, antialias=antialias)
            name = f"{interpolation}{', antialias' if antialias else ''}, 7x5 to {height}x{width}"
            cases.append(case(name, "Resizing", settings, layer, (7, 5, 2)))
    cases.append(case(f"up, {interpolation}", "UpSampling2D", {"size": [2, 3], "interpolation": interpolation},
                      L.UpSampling2D((2, 3), interpolation=interpolation), (3, 4, 2)))
for shape in ((7, 5, 1), (5, 8, 1), (6, 6, 1)):
    for height, width in ((4, 4), (9, 5)):
        size = {"height": height, "width": width}
        what = f"{shape[0]}x{shape[1]} to {height}x{width}"
        cases.append(case(f"cropped, {what}", "Resizing", {**size, "cropToAspectRatio": True},
                          L.Resizing(height, width, crop_to_aspect_ratio=True), shape))
        cases.append(case(f"padded, {what}", "Resizing", {**size, "padToAspectRatio": True, "fillValue": 0.5},
                          L.Resizing(height, width, pad_to_aspect_ratio=True, fill_value=0.5), shape))
        cases.append(case(f"centre, {what}", "CenterCrop", size, L.CenterCrop(height, width), shape))

write("resizing", {
    "source": source("resizing.py", ["keras", "tensorflow-cpu", "numpy"], backend="tensorflow"),
    "cases": cases,
})

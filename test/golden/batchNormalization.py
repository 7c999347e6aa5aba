"""Writes batchNormalization.json: small networks with BatchNormalization trained for 30 steps by real Keras.

One has its normalizations in training, one the first frozen, one the first called with training=False, one a shared
normalization that is called twice. Losses of each step, weights (moving statistics too) before and after. SGD without
momentum, so that nothing is blown up; no bias before a normalization, whose gradient is rounding noise.
Run: python test/golden/batchNormalization.py
"""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import numpy as np

from goldenFile import array, numbers, source, write

L = keras.layers
random = np.random.default_rng(31)
BATCH = 6
STEPS = 30
x = random.normal(size=(30, 6, 5, 2), scale=2).astype("float32") + 1
y = (x.mean(axis=(1, 2, 3)) > 1).astype("float32")


class AtRest(L.BatchNormalization):
    """As its calls with training=False are documented: in Keras 3.15 `fit` passes training=True over them all the same."""

    def call(self, inputs, training=None, mask=None):
        return super().call(inputs, training=False, mask=mask)


def network(kind):
    inputs = keras.Input((6, 5, 2))
    h = L.Conv2D(4, 3, padding="same", use_bias=False, name="low")(inputs)
    kind_of_layer = AtRest if kind == "inference" else L.BatchNormalization
    first = kind_of_layer(momentum=0.9, name="low_bn", trainable=kind != "frozen")
    h = first(h)
    h = L.ReLU(name="relu")(h)
    if kind == "shared":
        h = first(L.Conv2D(4, 3, use_bias=False, name="middle")(h))
    h = L.DepthwiseConv2D(3, padding="same", strides=2, use_bias=False, name="high")(h)
    h = L.BatchNormalization(momentum=0.8, epsilon=0.01, name="high_bn", scale=False)(h)
    h = L.GlobalAveragePooling2D(name="pool")(h)
    h = L.BatchNormalization(momentum=0.5, name="row_bn", center=False)(h)
    return keras.Model(inputs, L.Dense(1, activation="sigmoid", name="head")(h))


def trained(kind):
    model = network(kind)
    model.set_weights(
        [
            random.uniform(0.5, 1.5, w.shape).astype("float32")
            if "variance" in v.path or "gamma" in v.path
            else random.normal(size=w.shape, scale=0.5).astype("float32")
            for v, w in zip(model.weights, model.get_weights())
        ]
    )
    initial = model.get_weights()
    model.compile(optimizer=keras.optimizers.SGD(0.05), loss="binary_crossentropy")
    losses = []
    for step in range(STEPS):
        rows = slice(BATCH * (step % 5), BATCH * (step % 5) + BATCH)
        losses.append(float(model.train_on_batch(x[rows], y[rows, None], return_dict=True)["loss"]))
        model.reset_metrics()
    return {
        "kind": kind,
        "paths": [v.path for v in model.weights],
        "losses": numbers(losses),
        "initial": [array(w) for w in initial],
        "final": [array(w) for w in model.get_weights()],
    }


cases = [trained(kind) for kind in ("training", "frozen", "inference", "shared")]
write("batchNormalization", {
    "source": source("batchNormalization.py", ["keras", "tensorflow-cpu", "numpy"], backend="tensorflow"),
    "batchSize": BATCH, "x": array(x), "labels": [int(v) for v in y], "cases": cases,
})

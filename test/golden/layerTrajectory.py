"""Writes layerTrajectory.json: 30 steps of real Keras on a small network with branches, made of many kinds of layers.

Weights are listed by layer, in the order of `layer.get_weights()`; losses are those of `train_on_batch`. The data of a
case is the same for all steps: four batches of six pictures, in turn. `summary` is the table that Keras prints.
Run: KERAS_BACKEND=tensorflow python test/golden/layerTrajectory.py
"""

import os

os.environ["COLUMNS"] = "200"  # the table's width follows the terminal's

import keras
import numpy as np

from goldenFile import array, number, source, write

L = keras.layers
STEPS, BATCH, BATCHES = 30, 6, 4
random = np.random.default_rng(12)


def network():
    x = inputs = L.Input((8, 8, 3), name="pictures")
    x = L.Rescaling(0.5, offset=-0.1, name="rescaling")(x)
    limit = keras.constraints.MaxNorm(1.2, axis=[0, 1, 2])
    x = L.Conv2D(6, 3, padding="same", kernel_constraint=limit, name="first")(x)
    x = L.GroupNormalization(3, name="groups")(x)
    trunk = L.Activation("gelu", name="gelu")(x)
    cut = L.Resizing(8, 8, name="resizing")(L.Cropping2D(1, name="cropping2d")(trunk))
    deep = L.Conv2D(6, 3, strides=2, padding="same", name="second")(trunk)
    deep = L.PReLU(shared_axes=[1, 2], name="p_re_lu")(L.LayerNormalization(name="layers")(deep))
    deep = L.UpSampling2D(2, interpolation="bilinear", name="up_sampling2d")(deep)
    x = L.Concatenate(name="concatenate")([L.Average(name="average")([trunk, cut]), deep])
    x = L.Activation("mish", name="mish")(L.BatchNormalization(name="batch")(x))
    x = L.Permute((2, 1, 3), name="permute")(x)
    x = L.LeakyReLU(0.1, name="leaky_re_lu")(L.DepthwiseConv2D(3, name="depthwise")(x))
    x = L.GlobalAveragePooling2D(name="pool")(x)
    unit = keras.constraints.UnitNorm()
    a = L.Dense(8, activation="selu", kernel_constraint=unit, bias_constraint="non_neg", name="selu")(x)
    b = L.ELU(name="elu")(L.Dense(8, kernel_regularizer="l1", name="plain")(x))
    x = L.Subtract(name="subtract")([L.Maximum(name="maximum")([a, b]), L.Minimum(name="minimum")([a, b])])
    x = L.LayerNormalization(name="rows")(x)
    return keras.Model(inputs, L.Softmax(name="softmax")(L.Dense(3, name="top")(x)), name="functional")


def weights_of(model):
    return [
        {"layer": layer.name, "values": [array(w) for w in layer.get_weights()]}
        for layer in model.layers if layer.get_weights()
    ]


model = network()
for layer in model.layers:
    layer.set_weights([
        w if "normalization" in type(layer).__name__.lower() or "moving" in v.name
        else random.normal(size=w.shape, scale=0.3).astype("float32")
        for v, w in zip(layer.weights, layer.get_weights())
    ])
x = random.normal(size=(BATCH * BATCHES, 8, 8, 3)).astype("float32")
labels = random.integers(0, 3, size=BATCH * BATCHES)
table = []
model.summary(print_fn=lambda text, line_break=True: table.append(text))
initial = weights_of(model)
model.compile(optimizer=keras.optimizers.SGD(0.05, momentum=0.9), loss="sparse_categorical_crossentropy")
losses = []
for step in range(STEPS):
    rows = slice(BATCH * (step % BATCHES), BATCH * (step % BATCHES + 1))
    losses.append(number(model.train_on_batch(x[rows], labels[rows])))
write("layerTrajectory", {
    "source": source("layerTrajectory.py", ["keras", "tensorflow-cpu", "numpy", "rich"], backend="tensorflow"),
    "batchSize": BATCH,
    "batches": BATCHES,
    "x": array(x),
    "labels": labels.tolist(),
    "losses": losses,
    "initialWeights": initial,
    "finalWeights": weights_of(model),
    "summary": "\n".join(table),
})

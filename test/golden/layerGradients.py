"""Writes layerGradients.json: outputs of real Keras layers and the gradients by their inputs and weights.

The gradients are those of sum(output * direction), where `direction` holds cos(3 i + 1) for element i of the output in
Keras's order. Arrays are in Keras's layout (channels last), weights in the order of `layer.get_weights()`.
Run: KERAS_BACKEND=tensorflow python test/golden/layerGradients.py
"""

import re

import keras
import numpy as np
import tensorflow as tf
from keras.src.applications.convnext import LayerScale
from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

from goldenFile import array, source, write

L = keras.layers
random = np.random.default_rng(31)


def case(kind, config, layer, *shapes, name=None):
    inputs = [tf.constant(random.normal(size=(2, *shape)), tf.float32) for shape in shapes]
    x = inputs[0] if len(inputs) == 1 else inputs
    layer(x)
    layer.set_weights([random.normal(size=w.shape, scale=0.6).astype("float32") for w in layer.get_weights()])
    weights = [w.value for w in layer.trainable_weights]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        output = layer(x)
        direction = tf.cast(tf.cos(3.0 * tf.range(tf.size(output), dtype=tf.float64) + 1), tf.float32)
        loss = tf.reduce_sum(tf.reshape(output, [-1]) * direction)
    by_inputs, by_weights = tape.gradient(loss, [inputs, weights])
    return {
        "name": name or kind,
        "kind": kind,
        "config": config,
        "inputs": [array(i) for i in inputs],
        "weights": [array(w) for w in layer.get_weights()],
        # Keras gives LayerScale's weight no name but a number.
        "names": [re.sub(r"^variable.*", "gamma", v.path.split("/")[-1]) for v in layer.weights],
        "output": array(output),
        "inputGradients": [array(g) for g in by_inputs],
        "weightGradients": [array(g) for g in by_weights],
    }


picture = (5, 4, 3)
wide = (4, 3, 6)
cases = [
    case("LayerNormalization", {}, L.LayerNormalization(), picture),
    case("LayerNormalization", {"epsilon": 0.1}, L.LayerNormalization(epsilon=0.1), (7,), name="layer normalization of rows"),
    case("LayerNormalization", {"axis": [1, 2, 3]}, L.LayerNormalization(axis=[1, 2, 3]), picture,
         name="layer normalization of whole pictures"),
    case("LayerNormalization", {"axis": [3, 1], "center": False}, L.LayerNormalization(axis=[3, 1], center=False), picture,
         name="layer normalization of columns, no center"),
    case("LayerNormalization", {"axis": 1, "scale": False}, L.LayerNormalization(axis=1, scale=False), (4, 3),
         name="layer normalization of sequences, no scale"),
    case("GroupNormalization", {"groups": 3}, L.GroupNormalization(3), wide),
    case("GroupNormalization", {"groups": 1, "epsilon": 0.01}, L.GroupNormalization(1, epsilon=0.01), wide, name="one group"),
    case("GroupNormalization", {"groups": -1, "scale": False}, L.GroupNormalization(-1, scale=False), wide,
         name="a group each channel, no scale"),
    case("GroupNormalization", {"groups": 2, "axis": 1}, L.GroupNormalization(2, axis=1), wide, name="groups of rows"),
    case("GroupNormalization", {"groups": 2}, L.GroupNormalization(2), (3, 4), name="groups in sequences"),
    case("GroupNormalization", {"groups": 4, "center": False}, L.GroupNormalization(4, center=False), (8,), name="groups in rows"),
    case("PReLU", {}, L.PReLU(), picture),
    case("PReLU", {"sharedAxes": [1, 2]}, L.PReLU(shared_axes=[1, 2]), picture, name="prelu, one slope a channel"),
    case("PReLU", {}, L.PReLU(), (6,), name="prelu of rows"),
    case("LeakyReLU", {}, L.LeakyReLU(), picture),
    case("LeakyReLU", {"negativeSlope": 0.05}, L.LeakyReLU(negative_slope=0.05), (9,), name="leaky relu, slope 0.05"),
    case("ELU", {"alpha": 0.7}, L.ELU(alpha=0.7), picture),
    case("ReLU", {"maxValue": 1, "negativeSlope": 0.25, "threshold": 0.5}, L.ReLU(1, 0.25, 0.5), picture),
    case("ReLU", {"negativeSlope": 0.25}, L.ReLU(negative_slope=0.25), picture, name="relu, slope alone"),
    case("Softmax", {}, L.Softmax(), picture),
    case("Softmax", {"axis": 1}, L.Softmax(axis=1), picture, name="softmax over rows"),
    case("Permute", {"dims": [2, 1, 3]}, L.Permute((2, 1, 3)), picture),
    case("Permute", {"dims": [3, 1, 2]}, L.Permute((3, 1, 2)), picture, name="permute all"),
    case("Permute", {"dims": [2, 1]}, L.Permute((2, 1)), (4, 3), name="permute sequences"),
    case("Cropping2D", {"cropping": [[1, 0], [0, 2]]}, L.Cropping2D(((1, 0), (0, 2))), picture),
    case("Cropping2D", {"cropping": [2, 1]}, L.Cropping2D((2, 1)), picture, name="cropping by a pair"),
    case("Subtract", {}, L.Subtract(), picture, (1, 4, 1)),
    case("Average", {}, L.Average(), picture, picture, (5, 4, 1)),
    case("Maximum", {}, L.Maximum(), picture, picture, (1, 1, 3)),
    case("Minimum", {}, L.Minimum(), (4,), (4,)),
    case("Add", {}, L.Add(), picture, (3,), name="add a row to a picture"),
    case("Multiply", {}, L.Multiply(), picture, (4, 3), name="multiply a picture by a sequence"),
    case("Concatenate", {}, L.Concatenate(), picture, (5, 4, 2)),
    case("Concatenate", {"axis": 1}, L.Concatenate(axis=1), picture, (2, 4, 3), (1, 4, 3), name="concatenate rows"),
    case("Concatenate", {"axis": -2}, L.Concatenate(axis=-2), picture, (5, 1, 3), name="concatenate columns"),
    case("Rescaling", {"scale": [0.5, 2, -1], "offset": [0, 1, 2]}, L.Rescaling([0.5, 2, -1], [0, 1, 2]), picture),
    case("Normalization", {"mean": [0.5, -1, 2], "variance": [4, 0.25, 0], "invert": True},
         L.Normalization(mean=[0.5, -1, 2], variance=[4, 0.25, 0], invert=True), picture),
]

activations = (
    "linear relu relu6 leaky_relu elu celu selu sigmoid hard_sigmoid sparse_sigmoid log_sigmoid softmax log_softmax tanh "
    "hard_tanh tanh_shrink soft_shrink hard_shrink softplus softsign squareplus sparse_plus exponential silu swish hard_silu "
    "hard_swish gelu mish glu"
).split()
for name in activations:
    cases.append(case("Activation", {"activation": name}, L.Activation(name), (2, 2, 6), name=f"activation {name}"))
cases.append(case("Activation", {"activation": "gelu_tanh"}, L.Activation(lambda x: keras.activations.gelu(x, approximate=True)),
                  (2, 2, 6), name="activation gelu, approximate"))
cases += [
    case("Dense", {"units": 4, "activation": "softmax"}, L.Dense(4, activation="softmax"), picture, name="dense at each pixel"),
    case("Dense", {"units": 2, "useBias": False, "activation": "tanh"}, L.Dense(2, use_bias=False, activation="tanh"), (4, 3),
         name="dense at each step, without bias"),
    case("Dense", {"units": 2}, L.Dense(2), (4, 3), name="dense at each step"),
    case("Softmax", {"axis": [1, 2]}, L.Softmax(axis=[1, 2]), picture, name="softmax over the pixels of a channel"),
    case("Softmax", {"axis": [3, 1]}, L.Softmax(axis=[3, 1]), picture, name="softmax over columns of channels"),
    case("Softmax", {"axis": [-1, 1]}, L.Softmax(axis=[-1, 1]), (4, 3), name="softmax over whole sequences"),
]

cases += [
    case("LayerScale", {"initValues": 1e-6, "projectionDim": 3}, LayerScale(1e-6, 3), picture),
    case("CustomScaleLayer", {"scale": 0.17}, CustomScaleLayer(0.17), picture, picture),
    case("Add", {"number": 3}, L.Lambda(lambda x: x + 3), picture, name="add a number"),
    case("Multiply", {"number": 1 / 6}, L.Lambda(lambda x: x * (1 / 6)), (4,), name="multiply by a number"),
]

write("layerGradients", {
    "source": source("layerGradients.py", ["keras", "tensorflow-cpu", "numpy"], backend="tensorflow"),
    "cases": cases,
})

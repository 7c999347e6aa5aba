"""Writes layers.json: outputs of real Keras layers for small random inputs and weights, one layer a case.

Arrays are in Keras's layout (channels last), weights in the order of `layer.get_weights()`.
Run: python test/golden/layers.py
"""

import keras
import numpy as np

from goldenFile import array, source, write

L = keras.layers
random = np.random.default_rng(20)


def case(name, kind, config, layer, *shapes):
    """Runs one layer, with every weight random (variances positive)."""
    inputs = [random.normal(size=(2, *shape)).astype("float32") for shape in shapes]
    x = inputs[0] if len(inputs) == 1 else inputs
    layer(x)
    weights = [
        random.uniform(0.2, 1.5, w.shape) if "variance" in v.path else random.normal(size=w.shape, scale=0.6)
        for v, w in zip(layer.weights, layer.get_weights())
    ]
    if kind == "Normalization":
        weights = weights[:2] + [np.zeros((), "int32")] if weights else []
    layer.set_weights([np.asarray(w, "int32" if w.dtype == "int32" else "float32") for w in weights])
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()  # takes over the weights just set
    output = np.asarray(layer(x, training=False) if kind in ("BatchNormalization", "Dropout") else layer(x))
    kept = [array(w) for w in layer.get_weights()]
    return {
        "name": name,
        "kind": kind,
        "config": config,
        "inputs": [array(i) for i in inputs],
        "weights": kept,
        "names": [v.path.split("/")[-1] for v in layer.weights],
        "output": array(output),
    }


picture = (7, 6, 3)
cases = [
    case("dense", "Dense", {"units": 4, "activation": "tanh"}, L.Dense(4, activation="tanh"), (5,)),
    case("dense without bias", "Dense", {"units": 3, "useBias": False}, L.Dense(3, use_bias=False), (5,)),
    case("conv, valid", "Conv2D", {"filters": 4, "kernelSize": 3}, L.Conv2D(4, 3), picture),
    case("conv, same, stride 2", "Conv2D", {"filters": 4, "kernelSize": [3, 2], "strides": 2, "padding": "same"},
         L.Conv2D(4, (3, 2), strides=2, padding="same"), picture),
    case("conv, same, dilation 2", "Conv2D",
         {"filters": 2, "kernelSize": 3, "dilationRate": 2, "padding": "same", "activation": "relu"},
         L.Conv2D(2, 3, dilation_rate=2, padding="same", activation="relu"), picture),
    case("conv, softmax over channels", "Conv2D", {"filters": 3, "kernelSize": 1, "activation": "softmax"},
         L.Conv2D(3, 1, activation="softmax"), picture),
    case("conv, 5x5 same stride 2, even size", "Conv2D",
         {"filters": 2, "kernelSize": 5, "strides": 2, "padding": "same", "useBias": False},
         L.Conv2D(2, 5, strides=2, padding="same", use_bias=False), (8, 8, 2)),
    case("depthwise", "DepthwiseConv2D", {"kernelSize": 3, "padding": "same"},
         L.DepthwiseConv2D(3, padding="same"), picture),
    case("depthwise, multiplier 2, stride 2", "DepthwiseConv2D",
         {"kernelSize": 3, "strides": 2, "depthMultiplier": 2, "padding": "same"},
         L.DepthwiseConv2D(3, strides=2, depth_multiplier=2, padding="same"), picture),
    case("batch normalization", "BatchNormalization", {}, L.BatchNormalization(), picture),
    case("batch normalization of rows, no scale", "BatchNormalization", {"scale": False, "epsilon": 0.1},
         L.BatchNormalization(scale=False, epsilon=0.1), (5,)),
    case("batch normalization, no center", "BatchNormalization", {"center": False}, L.BatchNormalization(center=False),
         picture),
    case("zero padding", "ZeroPadding2D", {"padding": [[0, 1], [2, 3]]}, L.ZeroPadding2D(((0, 1), (2, 3))), picture),
    case("flatten", "Flatten", {}, L.Flatten(), picture),
    case("reshape rows to a picture", "Reshape", {"targetShape": [2, -1, 3]}, L.Reshape((2, -1, 3)), (24,)),
    case("reshape a picture", "Reshape", {"targetShape": [3, 42]}, L.Reshape((3, 42)), picture),
    case("global pooling", "GlobalAveragePooling2D", {}, L.GlobalAveragePooling2D(), picture),
    case("global pooling, keepdims", "GlobalAveragePooling2D", {"keepdims": True},
         L.GlobalAveragePooling2D(keepdims=True), picture),
    case("add, stretched", "Add", {}, L.Add(), picture, (1, 1, 3)),
    case("multiply three", "Multiply", {}, L.Multiply(), (4,), (4,), (4,)),
    case("rescaling", "Rescaling", {"scale": 0.5, "offset": -1}, L.Rescaling(0.5, -1), picture),
    case("normalization, given", "Normalization", {"mean": [0.5, -1, 2], "variance": [4, 0.25, 0]},
         L.Normalization(mean=[0.5, -1, 2], variance=[4, 0.25, 0]), picture),
    case("normalization, weights", "Normalization", {}, L.Normalization(), picture),
    case("relu", "ReLU", {}, L.ReLU(), picture),
    case("relu, bounded", "ReLU", {"maxValue": 1}, L.ReLU(max_value=1), picture),
    case("relu, leaking", "ReLU", {"maxValue": 1, "negativeSlope": 0.25, "threshold": 0.5},
         L.ReLU(max_value=1, negative_slope=0.25, threshold=0.5), picture),
    case("dropout at rest", "Dropout", {"rate": 0.5}, L.Dropout(0.5), (4,)),
    *[case(f"activation {name}", "Activation", {"activation": name}, L.Activation(name), (2, 3, 4))
      for name in ("linear", "relu", "relu6", "sigmoid", "softmax", "log_softmax", "tanh", "softplus", "exponential",
                   "hard_sigmoid", "hard_swish", "silu")],
    case("max pooling", "MaxPooling2D", {}, L.MaxPooling2D(), picture),
    case("max pooling, same, window 3x2, stride 2x1", "MaxPooling2D",
         {"poolSize": [3, 2], "strides": [2, 1], "padding": "same"}, L.MaxPooling2D((3, 2), (2, 1), "same"), picture),
    case("average pooling, window 3", "AveragePooling2D", {"poolSize": 3}, L.AveragePooling2D(3), picture),
    case("average pooling, same, stride 2", "AveragePooling2D", {"poolSize": 3, "strides": 2, "padding": "same"},
         L.AveragePooling2D(3, 2, "same"), picture),
    case("batch normalization of rows of pixels", "BatchNormalization", {"axis": 1}, L.BatchNormalization(axis=1), picture),
    case("batch normalization of columns, no scale", "BatchNormalization", {"axis": -2, "scale": False},
         L.BatchNormalization(axis=-2, scale=False), picture),
    case("batch normalization of sequences", "BatchNormalization", {}, L.BatchNormalization(), (4, 3)),
]
write("layers", {"source": source("layers.py", ["keras", "tensorflow-cpu", "numpy"], backend="tensorflow"), "cases": cases})

"""Writes convolutions.json: outputs of real Keras convolutions and poolings, and their gradients.

The gradients by inputs and weights are those of sum(output * direction), where `direction` holds cos(3 i + 1) for element i
of the output in Keras's order. Arrays are in Keras's layout (channels last), weights in the order of `layer.get_weights()`.
Run: KERAS_BACKEND=tensorflow python test/golden/convolutions.py
"""

import keras
import numpy as np
import tensorflow as tf

from goldenFile import array, source, write

L = keras.layers
random = np.random.default_rng(47)


def case(kind, config, layer, shape, name):
    x = tf.constant(random.normal(size=(2, *shape)), tf.float32)
    layer(x)
    layer.set_weights([random.normal(size=w.shape, scale=0.6).astype("float32") for w in layer.get_weights()])
    weights = [w.value for w in layer.trainable_weights]
    kept = [array(w) for w in layer.get_weights()]
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = layer(x)
        direction = tf.cast(tf.cos(3.0 * tf.range(tf.size(output), dtype=tf.float64) + 1), tf.float32)
        loss = tf.reduce_sum(tf.reshape(output, [-1]) * direction)
    by_input, by_weights = tape.gradient(loss, [x, weights])
    return {
        "name": name,
        "kind": kind,
        "config": config,
        "inputs": [array(x)],
        "weights": kept,
        "names": [v.path.split("/")[-1] for v in layer.weights],
        "output": array(output),
        "inputGradients": [array(by_input)],
        "weightGradients": [array(g) for g in by_weights],
    }


def camel(options):
    """Keras's option names as the library has them."""
    parts = {key: key.split("_") for key in options}
    return {"".join([first, *map(str.capitalize, rest)]): options[key] for key, (first, *rest) in parts.items()}


def cases_of(kind, shape, *variants):
    return [case(kind, camel(options), getattr(L, kind)(**options), shape, ", ".join(map(str, options.values())) or kind)
            for options in variants]


picture = (7, 6, 4)
small = (3, 4, 3)
cases = [
    *cases_of("Conv2D", picture,
              {"filters": 4, "kernel_size": 3, "groups": 2},
              {"filters": 2, "kernel_size": [3, 2], "dilation_rate": [2, 3], "padding": "same"},
              {"filters": 3, "kernel_size": 3, "dilation_rate": 2, "activation": "tanh"},
              {"filters": 6, "kernel_size": [2, 3], "strides": [3, 2], "padding": "same", "groups": 2},
              {"filters": 3, "kernel_size": 1, "strides": 2, "use_bias": False}),
    *cases_of("DepthwiseConv2D", picture,
              {"kernel_size": 3, "dilation_rate": 2, "padding": "same"},
              {"kernel_size": [2, 3], "strides": 2, "depth_multiplier": 2}),
    *cases_of("SeparableConv2D", picture,
              {"filters": 3, "kernel_size": 3},
              {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2, "activation": "relu"},
              {"filters": 2, "kernel_size": [2, 3], "dilation_rate": 2, "use_bias": False}),
    *cases_of("Conv2DTranspose", small,
              {"filters": 2, "kernel_size": 3},
              {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu"},
              {"filters": 3, "kernel_size": [4, 2], "strides": 2},
              {"filters": 2, "kernel_size": 2, "strides": 3},
              {"filters": 2, "kernel_size": 3, "strides": [2, 3], "padding": "same", "output_padding": [1, 0]},
              {"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 1, "use_bias": False},
              {"filters": 2, "kernel_size": 5, "strides": 2, "padding": "same"},
              {"filters": 2, "kernel_size": 3, "dilation_rate": 2},
              {"filters": 2, "kernel_size": [2, 3], "dilation_rate": [2, 1], "padding": "same"},
              {"filters": 2, "kernel_size": 1, "strides": 2, "padding": "same"}),
    *cases_of("MaxPooling2D", picture, {}, {"pool_size": 3, "strides": 2, "padding": "same"}, {"pool_size": [3, 2], "strides": 1}),
    *cases_of("AveragePooling2D", picture, {"pool_size": 2}, {"pool_size": 3, "strides": 2, "padding": "same"}, {"pool_size": 2, "strides": 3}),
    *cases_of("GlobalAveragePooling2D", picture, {}, {"keepdims": True}),
    *cases_of("GlobalMaxPooling2D", picture, {}, {"keepdims": True}),
]
write("convolutions", {
    "source": source("convolutions.py", ["keras", "tensorflow-cpu", "numpy"], backend="tensorflow"), "cases": cases,
})

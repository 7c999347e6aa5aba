"""Golden Grad-CAM and integrated gradients of a small network, computed by TensorFlow's gradient tape as the papers say.

Run: KERAS_BACKEND=tensorflow python test/golden/explanations.py
"""

import keras
import numpy as np
import tensorflow as tf

from goldenFile import array, source, write

L = keras.layers
random = np.random.default_rng(7)


def network():
    x = inputs = L.Input((12, 10, 3))
    x = L.Conv2D(5, 3, activation="relu", padding="same", name="first")(x)
    x = L.BatchNormalization(name="norm")(x)
    x = L.MaxPooling2D(name="pool")(x)
    x = L.Conv2D(6, 3, activation="relu", name="last")(x)
    x = L.GlobalAveragePooling2D(name="mean")(x)
    x = L.Dense(8, activation="tanh", name="hidden")(x)
    logits = L.Dense(3, name="logits")(x)
    model = keras.Model(inputs, logits)
    def weight(w):
        positive = w.path.endswith(("variance", "gamma"))
        value = random.uniform(0.5, 1.5, w.shape) if positive else random.normal(0, 0.4, w.shape)
        return value.astype("float32")
    model.set_weights([weight(w) for w in model.weights])
    return model


def grad_cam(model, picture, label, layer):
    both = keras.Model(model.inputs, [model.get_layer(layer).output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = both(picture[None])
        score = logits[0, label]
    gradient = tape.gradient(score, maps)
    weights = tf.reduce_mean(gradient, axis=(1, 2))
    return tf.nn.relu(tf.einsum("bhwc,bc->bhw", maps, weights))[0].numpy(), float(score)


def integrated(model, picture, label, baseline, steps):
    shares = ((np.arange(steps) + 0.5) / steps).astype("float32").reshape(-1, 1, 1, 1)
    path = tf.constant(baseline + shares * (picture - baseline))
    with tf.GradientTape() as tape:
        tape.watch(path)
        scores = model(path)[:, label]
    gradient = tape.gradient(scores, path).numpy().mean(0)
    return (gradient * (picture - baseline)).sum(-1)


model = network()
pictures = random.normal(size=(2, 12, 10, 3)).astype("float32")
baseline = np.full((12, 10, 3), -0.5, "float32")
cases = []
for index, label in ((0, 0), (0, 2), (1, 1)):
    maps = {layer: grad_cam(model, pictures[index], label, layer) for layer in ("first", "norm", "last")}
    cases.append({"picture": index, "label": label, "score": maps["last"][1],
                  "gradCam": {layer: array(values) for layer, (values, _) in maps.items()},
                  "integratedGradients": array(integrated(model, pictures[index], label, baseline, 16))})

write("explanations", {
    "source": source("explanations.py", ["keras", "tensorflow", "numpy"]),
    "weights": {layer.name: [array(w) for w in layer.get_weights()] for layer in model.layers if layer.weights},
    "pictures": array(pictures), "baseline": array(baseline), "cases": cases})

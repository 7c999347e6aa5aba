"""Writes bookSummaries.json: what Keras prints for summary() of the book's models (section 5.3 and the convnet of 5.2).

Before freezing, after it and with block5 trained again; alone and inside a Sequential; and for two inputs and two outputs.
Run: python test/golden/bookSummaries.py
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["COLUMNS"] = "200"  # the table's width follows the terminal's
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras

from goldenFile import source, write

L = keras.layers


def convnet():
    layers = [L.Input((150, 150, 3))]
    for index, filters in enumerate((32, 64, 128, 128)):
        ending = f"_{index}" if index else ""
        layers.append(L.Conv2D(filters, 3, activation="relu", name=f"conv2d{ending}"))
        layers.append(L.MaxPooling2D(2, name=f"max_pooling2d{ending}"))
    layers.append(L.Flatten(name="flatten"))
    layers.append(L.Dense(512, activation="relu", name="dense"))
    layers.append(L.Dense(1, activation="sigmoid", name="dense_1"))
    return keras.Sequential(layers, name="sequential")


def vgg():
    base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(150, 150, 3), name="vgg16")
    head = [L.Flatten(name="flatten"), L.Dense(256, activation="relu", name="dense")]
    model = keras.Sequential([base, *head, L.Dense(1, activation="sigmoid", name="dense_1")], name="sequential")
    model.build((None, 150, 150, 3))
    return base, model


def two_inputs():
    photo, facts = L.Input((32, 24, 3), name="photo"), L.Input((4,), name="facts")
    shared = L.Dense(6, activation="tanh", name="shared")
    seen = L.GlobalAveragePooling2D(name="global_average_pooling2d")(L.Conv2D(3, 3, name="stem")(photo))
    both = L.Add(name="add")([shared(seen), shared(L.Dense(3, name="facts_in")(facts))])
    outputs = [L.Dense(3, activation="softmax", name="kind")(both), L.Dense(2, name="value")(both)]
    return keras.Model([photo, facts], outputs, name="functional")


def text(name, model):
    out = []
    model.summary(print_fn=lambda line, line_break=True: out.append(line))
    return {"name": name, "text": "\n".join(out)}


base, model = vgg()
cases = [text("convnet", convnet()), text("head on a base", model), text("base", base)]
base.trainable = False
cases += [text("head on a frozen base", model), text("frozen base", base)]
base.trainable = True
for layer in base.layers:
    layer.trainable = layer.name.startswith("block5")
cases += [text("block5 trained", base), text("head on a base with block5 trained", model)]
cases.append(text("two inputs and two outputs", two_inputs()))
keras.backend.clear_session()
write("bookSummaries", {
    "source": source("bookSummaries.py", ["keras", "tensorflow-cpu", "rich"], backend="tensorflow"),
    "cases": cases,
})

"""Writes summary.json: what Keras prints for summary() of small networks.

Run: python test/golden/summary.py
"""

import keras
from goldenFile import source, write

L = keras.layers


def book_head():
    """The head of the book's section 5.3 on 8192 features."""
    return keras.Sequential(
        [L.Input((8192,)), L.Dense(256, activation="relu"), L.Dropout(0.5), L.Dense(1, activation="sigmoid")],
        name="sequential",
    )


def base():
    x = inputs = L.Input((24, 20, 3), name="input_layer")
    x = L.Conv2D(8, 3, padding="same", activation="relu", name="block1_conv1")(x)
    x = L.BatchNormalization(name="block1_bn")(x)
    return keras.Model(inputs, x, name="base")


def base_and_head(frozen):
    """Approach 2: a nested base, Flatten, Dense, Dense."""
    inner = base()
    inner.trainable = not frozen
    model = keras.Sequential(
        [inner, L.Flatten(name="flatten"), L.Dense(256, activation="relu", name="dense"), L.Dense(1, name="dense_1")],
        name="sequential_1",
    )
    model.build((None, 24, 20, 3))
    return model


def branches():
    """Two branches that meet again."""
    x = inputs = L.Input((16, 16, 3), name="input_layer")
    x = L.Conv2D(4, 3, strides=2, padding="same", use_bias=False, name="a_rather_long_name_of_a_convolution")(x)
    gate = L.GlobalAveragePooling2D(keepdims=True, name="pool")(x)
    gate = L.Conv2D(4, 1, activation="hard_sigmoid", name="gate")(gate)
    x = L.Multiply(name="multiply")([x, gate])
    x = L.Flatten(name="flatten")(x)
    return keras.Model(inputs, L.Dense(3, activation="softmax", name="dense")(x), name="functional")


def unbuilt():
    return keras.Sequential([L.Dense(4, name="dense"), L.Dense(2, name="dense_1")], name="sequential_2")


def lines(model):
    out = []
    model.summary(print_fn=lambda text, line_break=True: out.append(text), line_length=None)
    return "\n".join(out)


models = {
    "bookHead": book_head(),
    "base": base(),
    "baseAndHead": base_and_head(False),
    "frozenBaseAndHead": base_and_head(True),
    "branches": branches(),
    "unbuilt": unbuilt(),
}
write(
    "summary",
    {
        "source": source("summary.py", ["keras", "tensorflow-cpu", "rich"], backend="tensorflow"),
        "cases": [{"name": name, "text": lines(model)} for name, model in models.items()],
    },
)

"""Golden trajectories: 50 training steps of a small head by real Keras, for every optimizer and loss.

The head is the book's at small size: 24 inputs, Dense(12, relu), then Dense(1, sigmoid), Dense(3, softmax),
Dense(2, linear) or the same without the last activation. All cases start from the recorded weights and take the
recorded rows in order: step k (from 0) takes rows 20 * (k mod 10) to 20 * (k mod 10) + 19. "losses" holds the loss of
each step before its update, regularisation included; "finalWeights" the weights after step 50, kernels as Keras keeps
them [inputs, units]. "float64Deviation" is how far the losses are from the same run in double precision (largest
relative difference): the part of any difference that rounding alone explains.

What a port must know to come closer than 1e-5: Keras turns beta1 and beta2 into float32 before it raises them to the
power t, and 1 - 0.999 in float32 is off by 1.3e-5. With the book's rate 2e-5 the weights move so little that rounding
alone makes 7e-5 of their movement: compare (final - initial), not the weights.

The cases with "eraA" follow no Keras 3 rule: the update of Keras 2.0.8, v = rho v + (1 - rho) g^2 and
w -= lr g / (sqrt(v) + epsilon), computed here in NumPy float32 from the gradients that Keras gives.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

import goldenFile

ROWS, INPUTS, HIDDEN, BATCH, STEPS = 200, 24, 12, 20, 50
OUTPUTS = {
    "binary": (1, "sigmoid"),
    "binaryLogits": (1, None),
    "softmax3": (3, "softmax"),
    "logits3": (3, None),
    "linear2": (2, None),
}
CLASS_WEIGHT = {0: 0.5, 1: 2.0}


def make_data(random):
    """Inputs like pooled features (not negative, many small), and targets a head can learn but not perfectly."""
    x = np.maximum(random.normal(0.3, 1.0, (ROWS, INPUTS)), 0).astype(np.float32)
    teacher = random.normal(0, 1, (INPUTS, 3))
    scores = x @ teacher + random.normal(0, 1.0, (ROWS, 3))
    return {
        "x": x,
        "binaryLabels": (scores[:, 0] > np.median(scores[:, 0])).astype(np.int32),
        "classLabels": np.argmax(scores - np.median(scores, axis=0), axis=1).astype(np.int32),
        "targets": (scores[:, :2] / 3).astype(np.float32),
        "sampleWeights": random.uniform(0.1, 3.0, ROWS).astype(np.float32),
    }


def make_weights(random, units):
    """Glorot-uniform kernels and small biases that are not zero, so that a mistake in a bias shows."""
    def kernel(rows, columns):
        limit = np.sqrt(6 / (rows + columns))
        return random.uniform(-limit, limit, (rows, columns)).astype(np.float32)

    def bias(size):
        return random.uniform(-0.1, 0.1, size).astype(np.float32)

    return [kernel(INPUTS, HIDDEN), bias(HIDDEN), kernel(HIDDEN, units), bias(units)]


def optimizer_cases():
    sgd, rmsprop, adam, adamw = "SGD", "RMSprop", "Adam", "AdamW"
    table = [
        ("sgd", sgd, {"learning_rate": 0.1}),
        ("sgd momentum", sgd, {"learning_rate": 0.1, "momentum": 0.9}),
        ("sgd nesterov", sgd, {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
        ("sgd weight decay", sgd, {"learning_rate": 0.1, "weight_decay": 0.1}),
        ("sgd clipnorm", sgd, {"learning_rate": 0.1, "clipnorm": 0.5}),
        ("rmsprop", rmsprop, {"learning_rate": 2e-3}),
        ("rmsprop book rate", rmsprop, {"learning_rate": 2e-5}),
        ("rmsprop momentum", rmsprop, {"learning_rate": 2e-3, "momentum": 0.9}),
        ("rmsprop centered", rmsprop, {"learning_rate": 2e-3, "centered": True}),
        ("rmsprop global clipnorm", rmsprop, {"learning_rate": 2e-3, "global_clipnorm": 0.1}),
        ("adam", adam, {"learning_rate": 1e-2}),
        ("adam amsgrad", adam, {"learning_rate": 1e-2, "amsgrad": True}),
        ("adam clipvalue", adam, {"learning_rate": 1e-2, "clipvalue": 0.01}),
        ("adamw", adamw, {"learning_rate": 1e-2, "weight_decay": 0.004}),
    ]
    return [{"name": name, "head": "binary", "loss": "binary_crossentropy", "labels": "binaryLabels",
             "optimizer": {"name": kind, **options}} for name, kind, options in table]


def era_a_cases():
    return [{"name": f"era A rmsprop {rate}", "head": "binary", "loss": "binary_crossentropy",
             "labels": "binaryLabels", "eraA": True,
             "optimizer": {"name": "RMSprop", "learning_rate": rate, "rho": 0.9, "epsilon": 1e-8}}
            for rate in (2e-3, 2e-5)]


def loss_cases():
    bce, cce, sparse = "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"
    table = [
        ("softmax categorical", "softmax3", cce, "classLabels", {}),
        ("softmax sparse", "softmax3", sparse, "classLabels", {}),
        ("binary from logits", "binaryLogits", bce, "binaryLabels", {"from_logits": True}),
        ("categorical from logits", "logits3", cce, "classLabels", {"from_logits": True}),
        ("sparse from logits", "logits3", sparse, "classLabels", {"from_logits": True}),
        ("mean squared error", "linear2", "mean_squared_error", "targets", {}),
        ("class weight", "binary", bce, "binaryLabels", {"class_weight": CLASS_WEIGHT}),
        ("sample weight", "binary", bce, "binaryLabels", {"sample_weight": True}),
        ("sample weight categorical", "softmax3", cce, "classLabels", {"sample_weight": True}),
        ("binary label smoothing", "binary", bce, "binaryLabels", {"label_smoothing": 0.1}),
        ("categorical label smoothing", "softmax3", cce, "classLabels", {"label_smoothing": 0.1}),
        ("kernel regularizer", "binary", bce, "binaryLabels", {"l2": 0.01}),
    ]
    return [{"name": name, "head": head, "loss": loss, "labels": labels, **options,
             "optimizer": {"name": "Adam", "learning_rate": 1e-2}} for name, head, loss, labels, options in table]


def build(case, initial, dtype):
    units, activation = OUTPUTS[case["head"]]
    l2 = case.get("l2")
    def dense(size, act):
        regularizer = keras.regularizers.L2(l2) if l2 else None
        return keras.layers.Dense(size, activation=act, kernel_regularizer=regularizer, dtype=dtype)
    model = keras.Sequential([keras.Input((INPUTS,), dtype=dtype), dense(HIDDEN, "relu"), dense(units, activation)])
    model.set_weights([w.astype(dtype) for w in initial])
    return model


def make_loss(case, dtype):
    kinds = {"binary_crossentropy": keras.losses.BinaryCrossentropy,
             "categorical_crossentropy": keras.losses.CategoricalCrossentropy,
             "sparse_categorical_crossentropy": keras.losses.SparseCategoricalCrossentropy,
             "mean_squared_error": keras.losses.MeanSquaredError}
    options = {key: case[key] for key in ("from_logits", "label_smoothing") if key in case}
    return kinds[case["loss"]](dtype=dtype, **options)


def batch_of(case, data, step):
    rows = slice(BATCH * (step % (ROWS // BATCH)), BATCH * (step % (ROWS // BATCH)) + BATCH)
    x, y = data["x"][rows], data[case["labels"]][rows]
    if case["loss"] == "categorical_crossentropy":
        y = np.eye(3, dtype=np.float32)[y]
    elif case["labels"] == "binaryLabels":
        y = y.astype(np.float32).reshape(-1, 1)
    return x, y, (data["sampleWeights"][rows] if case.get("sample_weight") else None)


def train_keras(case, data, initial, dtype):
    """The losses of real `train_on_batch` steps, and the weights after them."""
    keras.config.set_floatx(dtype)
    model = build(case, initial, dtype)
    options = {key: value for key, value in case["optimizer"].items() if key != "name"}
    optimizer = getattr(keras.optimizers, case["optimizer"]["name"])(**options)
    model.compile(optimizer=optimizer, loss=make_loss(case, dtype), jit_compile=False)
    losses = []
    for step in range(STEPS):
        x, y, weights = batch_of(case, data, step)
        result = model.train_on_batch(x.astype(dtype), y if y.dtype == np.int32 else y.astype(dtype),
                                      sample_weight=None if weights is None else weights.astype(dtype),
                                      class_weight=case.get("class_weight"))
        losses.append(float(np.asarray(result).reshape(-1)[0]))
    return losses, model.get_weights()


def train_era_a(case, data, initial, dtype):
    """Keras's gradients, and the update that Keras 2.0.8 made: epsilon outside the root."""
    keras.config.set_floatx(dtype)
    model, loss = build(case, initial, dtype), make_loss(case, dtype)
    rate, rho, epsilon = (np.dtype(dtype).type(case["optimizer"][k]) for k in ("learning_rate", "rho", "epsilon"))
    one = np.dtype(dtype).type(1)
    means = [np.zeros_like(w) for w in model.get_weights()]
    losses = []
    for step in range(STEPS):
        x, y, _ = batch_of(case, data, step)
        with tf.GradientTape() as tape:
            value = loss(y.astype(dtype), model(x.astype(dtype), training=True))
        gradients = [g.numpy() for g in tape.gradient(value, model.trainable_variables)]
        means = [rho * v + (one - rho) * g * g for v, g in zip(means, gradients)]
        model.set_weights([w - rate * g / (np.sqrt(v) + epsilon)
                           for w, g, v in zip(model.get_weights(), gradients, means)])
        losses.append(float(value))
    return losses, model.get_weights()


def run(case, data, heads):
    train = train_era_a if case.get("eraA") else train_keras
    losses, weights = train(case, data, heads[case["head"]], "float32")
    exact, _ = train(case, data, heads[case["head"]], "float64")
    deviation = float(np.max(np.abs(np.array(losses) - exact) / np.abs(exact)))
    print(f"{case['name']:30s} {losses[0]:.6f} -> {losses[-1]:.6f}  float64 deviation {deviation:.1e}")
    return {**case, "losses": goldenFile.numbers(losses),
            "finalWeights": [goldenFile.array(w) for w in weights], "float64Deviation": float(f"{deviation:.2e}")}


def main():
    random = np.random.default_rng(53)
    data = make_data(random)
    heads = {}
    for name, (units, _) in OUTPUTS.items():
        twin = {"binaryLogits": "binary", "logits3": "softmax3"}.get(name)
        heads[name] = heads[twin] if twin else make_weights(random, units)
    cases = [run(case, data, heads) for case in optimizer_cases() + era_a_cases() + loss_cases()]
    goldenFile.write("optimizers", {
        "source": goldenFile.source("optimizers.py", ["keras", "tensorflow_cpu", "numpy"], backend="tensorflow"),
        "about": "step k takes rows 20*(k mod 10) .. +19; see the script's docstring",
        "batchSize": BATCH, "steps": STEPS,
        "data": {"x": goldenFile.array(data["x"]), "targets": goldenFile.array(data["targets"]),
                 "sampleWeights": goldenFile.array(data["sampleWeights"]),
                 "binaryLabels": data["binaryLabels"].tolist(), "classLabels": data["classLabels"].tolist()},
        "heads": {name: {"units": units, "activation": activation or "linear",
                         "initialWeights": [goldenFile.array(w) for w in heads[name]]}
                  for name, (units, activation) in OUTPUTS.items()},
        "cases": cases,
    })


if __name__ == "__main__":
    main()

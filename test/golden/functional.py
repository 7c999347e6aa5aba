"""Golden trajectories of a small network with two inputs and two outputs, trained by real Keras.

    photo [6, 5, 2] - stem: Conv2D 3 relu, same - GlobalAveragePooling2D - shared -+
                                                                                   Add -+- kind: Dense 3 softmax
    facts [4] ------- facts_in: Dense 3 relu --------------------------- shared ---+    +- value: Dense 2

"shared" is one Dense(6, tanh) used twice. All cases start from the same weights and take rows 5 * (k mod 4) to
5 * (k mod 4) + 4 in step k (from 0). "steps" holds what train_on_batch reports at each step, before its update;
"paths" and "final" all weights after the last. "fit" is one history of `fit` without shuffling, with validation.

Batches of that `fit` have one size; those of "unevenFit" do not, which is run eagerly: in a TensorFlow graph a batch's
size is not known when Keras weighs each output's own loss with it, so that all batches count the same, and "loss", where
they count by their size, is not the weighted sum of "kind_loss" and "value_loss". Run eagerly, as on Keras's other
backends, it is.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

import goldenFile

ROWS, BATCH, STEPS = 20, 5, 28
CLASS_WEIGHT = {0: 0.5, 2: 2.0}


def make_data(random):
    return {
        "photo": random.normal(0, 1, (ROWS, 6, 5, 2)).astype(np.float32),
        "facts": random.normal(0, 1, (ROWS, 4)).astype(np.float32),
        "kind": random.integers(0, 3, ROWS).astype(np.int32),
        "value": random.normal(0, 1, (ROWS, 2)).astype(np.float32),
        "kindWeights": random.uniform(0.1, 3.0, ROWS).astype(np.float32),
        "valueWeights": random.uniform(0.1, 3.0, ROWS).astype(np.float32),
    }


def network(frozen=(), regularized=False, outputs=("kind", "value")):
    layers = keras.layers
    l2 = keras.regularizers.L2(0.02) if regularized else None
    photo, facts = keras.Input((6, 5, 2), name="photo"), keras.Input((4,), name="facts")
    stem = layers.Conv2D(3, 3, padding="same", activation="relu", name="stem", trainable="stem" not in frozen)
    shared = layers.Dense(6, activation="tanh", name="shared", trainable="shared" not in frozen)
    facts_in = layers.Dense(3, activation="relu", name="facts_in")
    both = layers.Add()([shared(layers.GlobalAveragePooling2D()(stem(photo))), shared(facts_in(facts))])
    made = {
        "kind": layers.Dense(3, activation="softmax", name="kind", kernel_regularizer=l2)(both),
        "value": layers.Dense(2, name="value")(both),
    }
    return keras.Model([photo, facts], [made[name] for name in outputs] if len(outputs) > 1 else made[outputs[0]])


def weights_by_path(model):
    return {variable.path: np.array(variable) for variable in model.weights}


def set_weights(model, weights):
    for variable in model.weights:
        variable.assign(weights[variable.path])


CASES = {
    "lossAndSampleWeights": {
        "loss": {"kind": "sparse_categorical_crossentropy", "value": "mse"},
        "loss_weights": {"kind": 1.0, "value": 0.3},
        "metrics": {"kind": ["acc"]},
        "optimizer": ("adam", {"learning_rate": 0.01}),
        "sample_weight": True,
    },
    "frozenBlock": {
        "loss": ["sparse_categorical_crossentropy", "mse"],
        "loss_weights": [0.5, 2.0],
        "metrics": [["acc"], None],
        "optimizer": ("rmsprop", {"learning_rate": 0.003}),
        "frozen": ["stem", "shared"],
        "regularized": True,
    },
    "oneLoss": {
        "loss": ["sparse_categorical_crossentropy", None],
        "metrics": {"kind": ["acc"]},
        "optimizer": ("sgd", {"learning_rate": 0.1, "momentum": 0.9}),
    },
    "classWeight": {
        "loss": "sparse_categorical_crossentropy",
        "metrics": ["acc"],
        "optimizer": ("sgd", {"learning_rate": 0.1, "momentum": 0.9}),
        "outputs": ["kind"],
        "class_weight": True,
    },
}


def compiled(case, eagerly=False):
    model = network(case.get("frozen", ()), case.get("regularized", False), case.get("outputs", ["kind", "value"]))
    name, options = case["optimizer"]
    optimizer = keras.optimizers.get({"class_name": name, "config": options})
    model.compile(
        optimizer=optimizer,
        loss=case["loss"],
        loss_weights=case.get("loss_weights"),
        metrics=case["metrics"],
        run_eagerly=eagerly,
    )
    return model


def targets_of(case, data, rows):
    """A list, in the order of the outputs; a model with one output takes its targets alone."""
    names = case.get("outputs", ["kind", "value"])
    return [data[name][rows] for name in names] if len(names) > 1 else data[names[0]][rows]


def trajectory(name, case, data, initial):
    model = compiled(case)
    set_weights(model, initial)
    steps = []
    for step in range(STEPS):
        rows = slice(BATCH * (step % 4), BATCH * (step % 4) + BATCH)
        more = {}
        if case.get("sample_weight"):
            more["sample_weight"] = [data["kindWeights"][rows], data["valueWeights"][rows]]
        if case.get("class_weight"):
            more["class_weight"] = CLASS_WEIGHT
        x = {"photo": data["photo"][rows], "facts": data["facts"][rows]}
        logs = model.train_on_batch(x, targets_of(case, data, rows), return_dict=True, **more)
        steps.append({key: goldenFile.number(logs[key]) for key in sorted(logs)})
    final = weights_by_path(model)
    config = {key: case[key] for key in ("loss", "loss_weights", "metrics", "frozen", "regularized", "outputs") if key in case}
    return {
        "name": name,
        **config,
        "optimizer": {"name": case["optimizer"][0], **case["optimizer"][1]},
        "sample_weight": case.get("sample_weight", False),
        **({"class_weight": CLASS_WEIGHT} if case.get("class_weight") else {}),
        "steps": steps,
        "paths": list(final),
        "final": [goldenFile.array(value) for value in final.values()],
    }


def history(data, initial, batch_size, eagerly=False):
    case = CASES["lossAndSampleWeights"]
    model = compiled(case, eagerly)
    set_weights(model, initial)
    x = [data["photo"], data["facts"]]
    weights = [data["kindWeights"], data["valueWeights"]]
    result = model.fit(
        x, [data["kind"], data["value"]], sample_weight=weights, batch_size=batch_size, epochs=4, shuffle=False, verbose=0,
        validation_split=0.3, validation_freq=2,
    )
    return {key: [float(value) for value in values] for key, values in result.history.items()}


def main():
    random = np.random.default_rng(20261122)
    data = make_data(random)
    model = network()
    initial = {}
    for variable in model.weights:
        limit = np.sqrt(6 / (sum(variable.shape[-2:]))) if len(variable.shape) > 1 else 0.1
        initial[variable.path] = random.uniform(-limit, limit, variable.shape).astype(np.float32)
    goldenFile.write(
        "functional",
        {
            "source": goldenFile.source("functional.py", ["keras", "tensorflow-cpu", "numpy"]),
            "batchSize": BATCH,
            "data": {
                name: goldenFile.array(values) if values.dtype == np.float32 else values.tolist()
                for name, values in data.items()
            },
            "initial": {path: goldenFile.array(values) for path, values in initial.items()},
            "cases": [trajectory(name, case, data, initial) for name, case in CASES.items()],
            "fit": history(data, initial, batch_size=7),
            "unevenFit": history(data, initial, batch_size=5, eagerly=True),
        },
    )


main()

"""Writes trajectories.json: 26 steps of real Keras on every network of trajectoryNetworks.json.

The table names networks in Keras's spelling: "layers" come one behind the other unless "from" says otherwise; "again" calls
an earlier layer once more; "layers" inside a layer make it a model. An output says its data, loss, metrics and weight. Both
sides read this one table, so that a case more is an entry more there (and this script run again).

Step k takes rows 6 * (k mod 4) to 6 * (k mod 4) + 5 of the data. "steps" holds what `train_on_batch` reports before each
update, "test" what `test_on_batch` says of the first rows afterwards, "activations" some elements of what every layer makes of
two rows with the first weights. "initial" and "final" are `get_weights()`.
Run: python test/golden/trajectories.py
"""

import json
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

import goldenFile

ROWS, BATCH, STEPS = 24, 6, 26
SHAPES = {"picture": (7, 6, 3), "facts": (5,)}


def make_data(random):
    normal = lambda *shape: random.normal(size=(ROWS, *shape)).astype("float32")
    classes = random.integers(0, 3, ROWS)
    return {
        "picture": normal(7, 6, 3),
        "facts": normal(5),
        "classes": classes.astype("float32"),
        "oneHot": np.eye(3, dtype="float32")[classes],
        "binary": random.integers(0, 2, (ROWS, 1)).astype("float32"),
        "labels": random.integers(0, 2, (ROWS, 4)).astype("float32"),
        "signs": (2 * random.integers(0, 2, (ROWS, 2)) - 1).astype("float32"),
        "values": normal(2),
        "positive": random.uniform(0.5, 2, (ROWS, 3)).astype("float32"),
        "shares": random.dirichlet([2, 2, 2], ROWS).astype("float32"),
        "image": normal(7, 6, 2),
        "weights": random.uniform(0.2, 2, ROWS).astype("float32"),
    }


def made(module, entry):
    """An object of a module from its name and options; a name alone stays one."""
    if not isinstance(entry, dict):
        return entry
    options = {key: value for key, value in entry.items() if key != "class"}
    return getattr(module, entry["class"])(**options)


def make_layer(entry):
    config = dict(entry.get("config", {}))
    for key, value in config.items():
        if key.endswith("regularizer"):
            config[key] = made(keras.regularizers, value)
        if key.endswith("constraint"):
            config[key] = made(keras.constraints, value)
    return getattr(keras.layers, entry["kind"])(name=entry["name"], **config)


def apply_layers(entries, tensors):
    """Adds what every layer makes to `tensors`, by name."""
    layers, last = {}, list(tensors)[-1]
    for entry in entries:
        name = entry["name"]
        if "again" in entry:
            layer = layers[entry["again"]]
        elif "layers" in entry:
            layer = nested(entry)
        else:
            layer = make_layer(entry)
        layers[name] = layer
        source = entry.get("from", last)
        tensors[name] = layer(tensors[source] if isinstance(source, str) else [tensors[one] for one in source])
        last = name
    return tensors


def nested(entry):
    inputs = keras.Input(entry["shape"], name=f"{entry['name']}_input")
    tensors = apply_layers(entry["layers"], {"input": inputs})
    return keras.Model(inputs, list(tensors.values())[-1], name=entry["name"])


def network(case):
    inputs = {name: keras.Input(SHAPES[name], name=name) for name in case["inputs"]}
    tensors = apply_layers(case["layers"], dict(inputs))
    outputs = [tensors[name] for name in case["outputs"]]
    model = keras.Model(alone(list(inputs.values())), alone(outputs))
    for name in case.get("frozen", []):
        part = model
        for step in name.split("/"):
            part = part.get_layer(step)
        part.trainable = False
    return model, tensors


def alone(values):
    return values[0] if len(values) == 1 else values


def first_weights(random, case, model):
    """Random weights; moving means and variances too. Layers named in "same" start with the weights of another."""
    weights = []
    for variable in model.weights:
        name, shape = variable.path.split("/")[-1], variable.shape
        fan = np.prod(shape[:-1]) if len(shape) > 1 else 16
        if name in ("gamma", "moving_variance"):
            weights.append(random.uniform(0.6, 1.4, shape))
        else:
            weights.append(random.uniform(-1, 1, shape) * np.sqrt(2.5 / fan))
    model.set_weights([w.astype("float32") for w in weights])
    for copy, original in case.get("same", {}).items():
        model.get_layer(copy).set_weights(model.get_layer(original).get_weights())


def make_optimizer(entry):
    entry = dict(entry)
    entry["learning_rate"] = made(keras.optimizers.schedules, entry["learning_rate"])
    return made(keras.optimizers, entry)


def compiled(case, model):
    outputs = case["outputs"].values()
    of = lambda key, make: alone([make(output.get(key)) for output in outputs])
    metrics = lambda entries: [made(keras.metrics, entry) for entry in entries or []]
    weighted = any("loss_weight" in output for output in outputs)
    model.compile(
        optimizer=make_optimizer(case["optimizer"]),
        loss=of("loss", lambda entry: made(keras.losses, entry)),
        loss_weights=[output.get("loss_weight", 1.0) for output in outputs] if weighted else None,
        metrics=of("metrics", metrics),
        weighted_metrics=of("weighted_metrics", metrics),
        jit_compile=False,
    )


def batch_of(case, data, rows):
    more = {}
    if case.get("sample_weight"):
        more["sample_weight"] = alone([data["weights"][rows]] * len(case["outputs"]))
    return (
        alone([data[name][rows] for name in case["inputs"]]),
        alone([data[output["targets"]][rows] for output in case["outputs"].values()]),
        more,
    )


def logs_of(logs):
    return {key: goldenFile.number(logs[key]) for key in sorted(logs)}


def activations(case, model, tensors, inputs):
    """At most 16 elements of each, spread evenly."""
    names = [name for name in tensors if name not in case["inputs"]]
    outputs = keras.Model(alone(model.inputs), [tensors[name] for name in names])(inputs, training=False)
    sampled = {}
    for name, output in zip(names, outputs):
        flat = np.asarray(output).ravel()
        sampled[name] = goldenFile.numbers(flat[:: -(-flat.size // 16)])
    return sampled


def trajectory(case, index, data):
    keras.backend.clear_session()
    model, tensors = network(case)
    first_weights(np.random.default_rng([70, index]), case, model)
    initial = [goldenFile.array(w) for w in model.get_weights()]
    seen = activations(case, model, tensors, alone([data[name][:2] for name in case["inputs"]]))
    compiled(case, model)
    class_weight = {int(key): value for key, value in case.get("class_weight", {}).items()} or None
    steps = []
    for step in range(STEPS):
        x, y, more = batch_of(case, data, slice(BATCH * (step % 4), BATCH * (step % 4 + 1)))
        steps.append(logs_of(model.train_on_batch(x, y, class_weight=class_weight, return_dict=True, **more)))
    x, y, more = batch_of(case, data, slice(0, BATCH))
    test = logs_of(model.test_on_batch(x, y, return_dict=True, **more))
    print(f"{case['name']:40s} {steps[0]['loss']:.6f} -> {steps[-1]['loss']:.6f}, {model.count_params()} weights")
    keys = list(steps[0])
    return {
        "name": case["name"],
        "keys": keys,
        "steps": [[logs[key] for key in keys] for logs in steps],
        "test": test,
        "activations": seen,
        "initial": initial,
        "final": [goldenFile.array(w) for w in model.get_weights()],
    }


def main():
    cases = json.loads((goldenFile.FOLDER / "trajectoryNetworks.json").read_text())
    data = make_data(np.random.default_rng(20261123))
    goldenFile.write("trajectories", {
        "source": goldenFile.source("trajectories.py", ["keras", "tensorflow-cpu", "numpy"], backend="tensorflow"),
        "batchSize": BATCH,
        "data": {name: goldenFile.array(values) for name, values in data.items()},
        "cases": [trajectory(case, index, data) for index, case in enumerate(cases)],
    })


main()

"""Golden trajectories: 30 training steps by real Keras for the optimizers and options that optimizers.json leaves out.

Data, initial weights and the order of rows are those of optimizers.py; see its docstring. A case may have besides:
"exclude", patterns of `exclude_from_weight_decay`; "schedule", the learning rate as a CosineDecay with these options;
"constraints", maxNorm with this limit on both kernels and nonNeg on both biases; "rates", one optimizer for each of the two
layers, with these factors of the learning rate (as two groups of weights would be trained by hand). With "use_ema" the final
weights are those after `finalize_variable_values`, as `fit` leaves them.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import tensorflow as tf

import goldenFile
import optimizers

STEPS = 30


def cases():
    sgd, rmsprop, adam, nadam, lion = "SGD", "RMSprop", "Adam", "Nadam", "Lion"
    ema = {"use_ema": True, "ema_momentum": 0.9}
    table = [
        ("nadam", nadam, {"learning_rate": 1e-2}, {}),
        ("nadam beta1", nadam, {"learning_rate": 1e-2, "beta_1": 0.5, "beta_2": 0.9}, {}),
        ("adagrad", "Adagrad", {"learning_rate": 5e-2}, {}),
        ("adagrad from zero", "Adagrad", {"learning_rate": 5e-2, "initial_accumulator_value": 0.0}, {}),
        ("adadelta", "Adadelta", {"learning_rate": 1.0}, {}),
        ("adadelta rho", "Adadelta", {"learning_rate": 10.0, "rho": 0.8, "epsilon": 1e-5}, {}),
        ("lion", lion, {"learning_rate": 3e-3}, {}),
        ("lion weight decay", lion, {"learning_rate": 3e-3, "weight_decay": 0.1}, {}),
        ("adamw without biases", "AdamW", {"learning_rate": 1e-2, "weight_decay": 0.1}, {"exclude": ["bias"]}),
        ("amsgrad weight decay", adam, {"learning_rate": 1e-2, "amsgrad": True, "weight_decay": 0.05}, {}),
        ("rmsprop centered momentum", rmsprop, {"learning_rate": 2e-3, "centered": True, "momentum": 0.5}, {}),
        ("sgd global clipnorm nesterov", sgd,
         {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True, "global_clipnorm": 0.3}, {}),
        ("nadam clipvalue", nadam, {"learning_rate": 1e-2, "clipvalue": 0.01}, {}),
        ("average", adam, {"learning_rate": 1e-2, **ema}, {}),
        ("average put back", sgd, {"learning_rate": 0.1, **ema, "ema_overwrite_frequency": 7}, {}),
        ("accumulation", adam, {"learning_rate": 1e-2, "gradient_accumulation_steps": 4}, {}),
        ("accumulation clipnorm", rmsprop,
         {"learning_rate": 2e-3, "gradient_accumulation_steps": 3, "clipnorm": 0.05}, {}),
        ("accumulation nadam", nadam, {"learning_rate": 1e-2, "gradient_accumulation_steps": 5}, {}),
        ("accumulation average", sgd,
         {"learning_rate": 0.2, "gradient_accumulation_steps": 4, **ema, "ema_overwrite_frequency": 3}, {}),
        ("accumulation schedule decay", "AdamW", {"weight_decay": 0.1, "gradient_accumulation_steps": 2},
         {"schedule": {"initial_learning_rate": 1e-3, "decay_steps": 20, "alpha": 0.1, "warmup_target": 2e-2,
                       "warmup_steps": 6}}),
        ("constraints", rmsprop, {"learning_rate": 1e-2}, {"constraints": 0.7}),
        ("constraints average", adam, {"learning_rate": 1e-2, **ema, "ema_overwrite_frequency": 4},
         {"constraints": 0.7}),
        ("rates by layer", adam, {"learning_rate": 1e-2}, {"rates": [0.1, 1.0]}),
        ("rates by layer with decay", "AdamW", {"learning_rate": 1e-2, "weight_decay": 0.1}, {"rates": [0.5, 2.0]}),
    ]
    return [{"name": name, "head": "binary", "loss": "binary_crossentropy", "labels": "binaryLabels", **more,
             "optimizer": {"name": kind, **options}} for name, kind, options, more in table]


def build(case, initial, dtype):
    limit = case.get("constraints")
    def dense(size, act):
        rules = {} if limit is None else {"kernel_constraint": keras.constraints.MaxNorm(limit, axis=0),
                                          "bias_constraint": keras.constraints.NonNeg()}
        return keras.layers.Dense(size, activation=act, dtype=dtype, **rules)
    model = keras.Sequential([keras.Input((optimizers.INPUTS,), dtype=dtype),
                              dense(optimizers.HIDDEN, "relu"), dense(1, "sigmoid")])
    model.set_weights([w.astype(dtype) for w in initial])
    return model


def make_optimizer(case, factor=1.0):
    options = {key: value for key, value in case["optimizer"].items() if key != "name"}
    if "schedule" in case:
        options["learning_rate"] = keras.optimizers.schedules.CosineDecay(**case["schedule"])
    else:
        options["learning_rate"] *= factor
    optimizer = getattr(keras.optimizers, case["optimizer"]["name"])(**options)
    if "exclude" in case:
        optimizer.exclude_from_weight_decay(var_names=case["exclude"])
    return optimizer


def train(case, data, initial, dtype):
    """The losses of steps by hand (gradient, `apply`), as `train_step` makes them, and the weights after them."""
    keras.config.set_floatx(dtype)
    model, loss = build(case, initial, dtype), optimizers.make_loss(case, dtype)
    weights = model.trainable_variables
    if "rates" in case:
        groups = [(make_optimizer(case, factor), slice(2 * i, 2 * i + 2)) for i, factor in enumerate(case["rates"])]
    else:
        groups = [(make_optimizer(case), slice(0, len(weights)))]
    losses = []
    for step in range(STEPS):
        x, y, _ = optimizers.batch_of(case, data, step)
        with tf.GradientTape() as tape:
            value = loss(y.astype(dtype), model(x.astype(dtype), training=True))
        gradients = tape.gradient(value, weights)
        for optimizer, part in groups:
            optimizer.apply(gradients[part], weights[part])
        losses.append(float(value))
    for optimizer, part in groups:
        optimizer.finalize_variable_values(weights[part])
    return losses, model.get_weights()


def run(case, data, initial):
    losses, weights = train(case, data, initial, "float32")
    exact, _ = train(case, data, initial, "float64")
    deviation = float(np.max(np.abs(np.array(losses) - exact) / np.abs(exact)))
    print(f"{case['name']:30s} {losses[0]:.6f} -> {losses[-1]:.6f}  float64 deviation {deviation:.1e}")
    return {**case, "losses": goldenFile.numbers(losses),
            "finalWeights": [goldenFile.array(w) for w in weights], "float64Deviation": float(f"{deviation:.2e}")}


def main():
    random = np.random.default_rng(53)
    data = optimizers.make_data(random)
    initial = optimizers.make_weights(random, 1)
    goldenFile.write("optimizerOptions", {
        "source": goldenFile.source("optimizerOptions.py", ["keras", "tensorflow_cpu", "numpy"], backend="tensorflow"),
        "about": "data and initial weights (head binary) are in optimizers.json; see the script's docstring",
        "steps": STEPS,
        "cases": [run(case, data, initial) for case in cases()],
    })


if __name__ == "__main__":
    main()

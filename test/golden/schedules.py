"""Golden learning rates: every schedule of Keras at steps before, on and beyond its corners.

Keras computes rates in float32, so agreement ends at about 1e-6. "options" are Keras's own, in its spelling.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras

import goldenFile

STEPS = [*range(0, 45), 59, 60, 61, 79, 80, 81, 100, 139, 140, 141, 200, 1000]


def keras_cases():
    rate = {"initial_learning_rate": 0.1}
    return [
        ("ExponentialDecay", {**rate, "decay_steps": 10, "decay_rate": 0.9}),
        ("ExponentialDecay", {**rate, "decay_steps": 10, "decay_rate": 0.5, "staircase": True}),
        ("InverseTimeDecay", {**rate, "decay_steps": 10, "decay_rate": 0.5}),
        ("InverseTimeDecay", {**rate, "decay_steps": 10, "decay_rate": 0.5, "staircase": True}),
        ("PiecewiseConstantDecay", {"boundaries": [10, 20], "values": [0.1, 0.05, 0.001]}),
        ("PolynomialDecay", {**rate, "decay_steps": 20}),
        ("PolynomialDecay", {**rate, "decay_steps": 20, "end_learning_rate": 0.01, "power": 2.0}),
        ("PolynomialDecay", {**rate, "decay_steps": 20, "end_learning_rate": 0.01, "power": 0.5, "cycle": True}),
        ("CosineDecay", {**rate, "decay_steps": 40}),
        ("CosineDecay", {**rate, "decay_steps": 40, "alpha": 0.1}),
        ("CosineDecay", {"initial_learning_rate": 0.0, "decay_steps": 30, "warmup_target": 0.2, "warmup_steps": 8}),
        ("CosineDecay", {**rate, "decay_steps": 30, "alpha": 0.05, "warmup_target": 0.2, "warmup_steps": 10}),
        ("CosineDecayRestarts", {**rate, "first_decay_steps": 20}),
        ("CosineDecayRestarts", {**rate, "first_decay_steps": 20, "t_mul": 1.0, "m_mul": 0.5, "alpha": 0.1}),
        ("CosineDecayRestarts", {**rate, "first_decay_steps": 10, "t_mul": 1.5, "m_mul": 0.9}),
    ]


def by_keras(name, options):
    schedule = getattr(keras.optimizers.schedules, name)(**options)
    return {"name": name, "options": options, "steps": STEPS, "rates": goldenFile.numbers([schedule(s) for s in STEPS])}


def main():
    goldenFile.write("schedules", {
        "source": goldenFile.source("schedules.py", ["keras", "tensorflow_cpu"], backend="tensorflow"),
        "cases": [by_keras(*case) for case in keras_cases()],
    })


if __name__ == "__main__":
    main()

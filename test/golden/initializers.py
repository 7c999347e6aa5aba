"""Golden facts of Keras's initialisers: fans, limits, standard deviations and truncation bounds.

Random numbers are not compared between programs, their distribution is. For every initialiser and kernel shape: `fanIn`
and `fanOut` by Keras's own compute_fans (Dense [in, out]; convolution [height, width, in, out]; depthwise [height, width,
channels, multiplier]); `distribution`, one of
  uniform           on [-limit, limit]; `std` = limit / sqrt(3)
  truncated_normal  a normal of `sigma`, redrawn beyond `limit` = 2 sigma; `std` = 0.87962566103423978 sigma
  normal            of `std`, without a limit
and `sampleStd`, `sampleMax` (largest magnitude), `sampleCount` of real Keras draws with a seed. `exact` holds arrays
that need no random numbers. Orthogonal: `gram` says which product is the identity times gain squared.
"""

import math
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras.src.initializers.random_initializers import compute_fans

import goldenFile

TRUNCATION = 0.87962566103423978
SHAPES = {
    "dense book": [8192, 256], "dense small": [24, 12], "dense last": [256, 1], "dense features": [576, 3],
    "conv 3x3": [3, 3, 3, 64], "conv 1x1": [1, 1, 96, 576], "conv 5x3": [5, 3, 8, 16], "depthwise 3x3": [3, 3, 88, 1],
    "depthwise 5x5, multiplier 2": [5, 5, 32, 2],
}
SCALING = {
    "glorot_uniform": (1, "fan_avg", "uniform"), "glorot_normal": (1, "fan_avg", "truncated_normal"),
    "he_uniform": (2, "fan_in", "uniform"), "he_normal": (2, "fan_in", "truncated_normal"),
    "lecun_uniform": (1, "fan_in", "uniform"), "lecun_normal": (1, "fan_in", "truncated_normal"),
    "variance_scaling fan_out truncated": (2, "fan_out", "truncated_normal"),
    "variance_scaling fan_out uniform": (1 / 3, "fan_out", "uniform"),
    "variance_scaling fan_avg untruncated": (1, "fan_avg", "untruncated_normal"),
}
MIN_COUNT = 200_000


def draw(make, shape):
    """At least MIN_COUNT values of an initialiser, from as many seeds as that takes."""
    rounds = max(1, -(-MIN_COUNT // math.prod(shape)))
    return np.concatenate([np.asarray(make(seed)(shape)).ravel() for seed in range(rounds)]).astype(np.float64)


def statistics(values):
    return {"sampleStd": float(values.std()), "sampleMax": float(np.abs(values).max()), "sampleCount": int(values.size)}


def scaling_case(name, shape_name):
    scale, mode, distribution = SCALING[name]
    shape = SHAPES[shape_name]
    fan_in, fan_out = compute_fans(shape)
    variance = scale / max(1, {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[mode])
    facts = {
        "uniform": {"distribution": "uniform", "limit": math.sqrt(3 * variance), "std": math.sqrt(variance)},
        "truncated_normal": {"distribution": "truncated_normal", "sigma": math.sqrt(variance) / TRUNCATION,
                             "limit": 2 * math.sqrt(variance) / TRUNCATION, "std": math.sqrt(variance)},
        "untruncated_normal": {"distribution": "normal", "std": math.sqrt(variance)},
    }[distribution]

    def make(seed):
        if name.startswith("variance_scaling"):
            return keras.initializers.VarianceScaling(scale, mode, distribution, seed=seed)
        return type(keras.initializers.get(name))(seed=seed)

    return check({"initializer": name, "scale": scale, "mode": mode, "shapeName": shape_name, "shape": shape,
                  "fanIn": fan_in, "fanOut": fan_out, **facts, **statistics(draw(make, shape))})


def plain_case(name, kind, facts):
    shape = SHAPES["dense small"]
    return check({"initializer": name, "shapeName": "dense small", "shape": shape, **facts,
                  **statistics(draw(lambda seed: kind(seed=seed), shape))})


def check(row):
    """Stops where a formula above is not what Keras draws."""
    assert abs(row["sampleStd"] / row["std"] - 1) < 0.01, row
    if "limit" in row:
        assert 0.97 * row["limit"] < row["sampleMax"] <= row["limit"] * (1 + 1e-6), row
    return row


def plain_cases():
    k = keras.initializers
    return [
        plain_case("random_uniform", k.RandomUniform, {"distribution": "uniform", "limit": 0.05, "std": 0.05 / math.sqrt(3)}),
        plain_case("random_normal", k.RandomNormal, {"distribution": "normal", "std": 0.05}),
        plain_case("truncated_normal", k.TruncatedNormal, {"distribution": "truncated_normal", "sigma": 0.05, "limit": 0.1,
                                                          "std": 0.05 * TRUNCATION}),
    ]


def exact_cases():
    k = keras.initializers
    table = [("zeros", k.Zeros()), ("ones", k.Ones()), ("constant 0.5", k.Constant(0.5)), ("identity", k.Identity())]
    return [{"initializer": name, "shape": [2, 3], "values": np.asarray(make([2, 3])).tolist()} for name, make in table]


def orthogonal_cases():
    rows = []
    for shape in ([24, 12], [12, 24], [3, 3, 4, 8]):
        values = np.asarray(keras.initializers.Orthogonal(gain=1.5, seed=1)(shape)).reshape(-1, shape[-1])
        gram = "columns" if values.shape[0] >= values.shape[1] else "rows"
        product = values.T @ values if gram == "columns" else values @ values.T
        assert np.allclose(product, 2.25 * np.eye(len(product)), atol=1e-5)
        rows.append({"initializer": "orthogonal", "gain": 1.5, "shape": shape, "flattened": list(values.shape), "gram": gram})
    return rows


def main():
    cases = [scaling_case(name, shape) for name in SCALING for shape in SHAPES]
    goldenFile.write("initializers", {
        "source": goldenFile.source("initializers.py", ["keras", "tensorflow_cpu", "numpy"], backend="tensorflow"),
        "truncationFactor": TRUNCATION, "defaults": {"kernel": "glorot_uniform", "bias": "zeros"},
        "cases": cases + plain_cases(), "exact": exact_cases(), "orthogonal": orthogonal_cases()})


if __name__ == "__main__":
    main()

"""Golden values and gradients of Keras's losses at the edges: 0, 1, ties, tiny and huge numbers, every shape.

Each case holds `target`, `prediction` (flat, with their shapes), `perSample` (reduction none), `value` (`reduction`, or
sum_over_batch_size) and `gradient`, d value / d prediction. Outputs of rank 4 are pictures [batch, height, width, channels]. Where `activation` is given, `prediction` is what goes into
that activation and the loss sees its output: the TensorFlow backend then works on the logits, the others clip.
Numbers are Keras's on TensorFlow; `torch` holds those on PyTorch where they are not the same within 1e-6.
Not finite numbers are the strings "inf", "-inf", "nan".

The two backends cannot share a process, so this script runs itself once for each.
"""

import json
import os
import subprocess
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

import goldenFile

BACKENDS = {"tensorflow": ["keras", "tensorflow_cpu", "numpy"], "torch": ["keras", "torch", "numpy"]}
BCE, CCE, SPARSE, MSE = ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy",
                         "mean_squared_error")
BINARY_FOCAL, FOCAL = "binary_focal_crossentropy", "categorical_focal_crossentropy"
ERRORS = ["mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error",
          "mean_squared_logarithmic_error", "huber", "log_cosh", "poisson", "cosine_similarity"]
HINGES = ["hinge", "squared_hinge", "categorical_hinge"]
OPTIONS = ("from_logits", "label_smoothing", "ignore_class", "alpha", "gamma", "apply_class_balancing", "delta", "axis")
P = [0, 1, 0, 1, 0.5, 0.5, 1e-10, 1 - 1e-10, 1e-7, 1e-7, 2e-7, 0.9999999, 0.9999998, 0.25, 0.9, 0.2]
PY = [0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0]
Z = [50, 50, -50, -50, 0, 0, 100, -100, 1e-10, -1e-10, 16, -16, 17, 3.5, -2.25, 88]
ZY = [1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0]
ROWS = [[1, 0, 0], [0, 1, 0], [1, 0, 0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0], [1e-10, 1, 0], [0.05, 0.95, 0],
        [0.1, 0.8, 0.1], [0.2, 0.3, 0.1], [1, 2, 1]]
ROW_LABELS = [0, 0, 2, 1, 2, 0, 1, 2, 1, 1]
LOGIT_ROWS = [[50, -50, 0], [50, -50, 0], [0, 0, 0], [-50, -50, -50], [100, 100, 0], [1e-10, 0, -1e-10],
              [1.5, -0.25, 3], [-17, 17, 0], [88, -88, 1], [2, 1, 0]]
WEIGHTS = [2, 0.5, 1, 0, 3, 1, 0.1, 1, 1, 2]


def one_hot(labels):
    return np.eye(3)[labels].tolist()


def column(values):
    return [[v] for v in values]


def case(name, loss, target, prediction, **more):
    return {"name": name, "loss": loss, "target": target, "prediction": prediction, **more}


def binary_cases():
    logits = {"from_logits": True}
    soft = {"label_smoothing": 0.1}
    return [
        case("binary probabilities, batch x 1", BCE, column(PY), column(P)),
        case("binary probabilities, target batch, prediction batch x 1", BCE, PY, column(P)),
        case("binary probabilities, target batch x 1, prediction batch", BCE, column(PY), P),
        case("binary probabilities, both batch: the mean of all", BCE, PY, P),
        case("binary probabilities, batch x 3", BCE, one_hot(ROW_LABELS), ROWS[:9] + [[0.5, 0.25, 0.125]]),
        case("binary logits, batch x 1", BCE, column(ZY), column(Z), **logits),
        case("binary logits, batch x 3", BCE, one_hot(ROW_LABELS), LOGIT_ROWS, **logits),
        case("binary sigmoid of logits, batch x 1", BCE, column(ZY), column(Z), activation="sigmoid"),
        case("binary probabilities, smoothing", BCE, column(PY), column(P), **soft),
        case("binary logits, smoothing", BCE, column(ZY), column(Z), **logits, **soft),
        case("binary sigmoid of logits, smoothing", BCE, column(ZY), column(Z), activation="sigmoid", **soft),
        case("binary probabilities, weights", BCE, column(PY[:10]), column(P[:10]), sampleWeight=WEIGHTS),
        case("binary logits, weights", BCE, column(ZY[:10]), column(Z[:10]), sampleWeight=WEIGHTS, **logits),
        case("binary probabilities, batch x 3, weights", BCE, one_hot(ROW_LABELS[:9]), ROWS[:9],
             sampleWeight=WEIGHTS[:9]),
        case("binary smoothing check value", BCE, column([1, 0]), column([0.9, 0.2]), **soft),
    ]


def categorical_cases(loss, targets):
    logits = {"from_logits": True}
    cases = [
        case(f"{loss} probabilities", loss, targets, ROWS),
        case(f"{loss} logits", loss, targets, LOGIT_ROWS, **logits),
        case(f"{loss} softmax of logits", loss, targets, LOGIT_ROWS, activation="softmax"),
        case(f"{loss} probabilities, weights", loss, targets, ROWS, sampleWeight=WEIGHTS),
        case(f"{loss} logits, weights", loss, targets, LOGIT_ROWS, sampleWeight=WEIGHTS, **logits),
    ]
    if loss == SPARSE:
        return cases + [case("sparse logits, target batch x 1", loss, column(targets), LOGIT_ROWS, **logits),
                        *ignored_cases(targets)]
    soft = {"label_smoothing": 0.1}
    return cases + [
        case("categorical probabilities, smoothing", loss, targets, ROWS, **soft),
        case("categorical logits, smoothing", loss, targets, LOGIT_ROWS, **logits, **soft),
        case("categorical logits, soft targets", loss, [[0.2, 0.5, 0.3]] * 10, LOGIT_ROWS, **logits),
    ]


def ignored_cases(targets):
    """A class that exists, class 0, one that does not, and no sample left."""
    logits, ignored = {"from_logits": True}, {"ignore_class": 1}
    return [
        case("sparse logits, ignore class 1", SPARSE, targets, LOGIT_ROWS, **ignored, **logits),
        case("sparse logits, ignore class 0, target batch x 1", SPARSE, column(targets), LOGIT_ROWS, ignore_class=0, **logits),
        case("sparse logits, ignore class 255", SPARSE, [255, *targets[1:9], 255], LOGIT_ROWS, ignore_class=255, **logits),
        case("sparse logits, ignore class -1, weights", SPARSE, [-1, *targets[1:9], -1], LOGIT_ROWS, ignore_class=-1,
             sampleWeight=WEIGHTS, **logits),
        case("sparse probabilities, ignore class 1", SPARSE, targets, ROWS, **ignored),
        case("sparse probabilities, ignore all", SPARSE, [1, 1], ROWS[:2], **ignored),
        case("sparse softmax of logits, ignore class 1", SPARSE, targets, LOGIT_ROWS, activation="softmax", **ignored),
        *[case(f"sparse logits, ignore class 1, {reduction}, weights", SPARSE, targets, LOGIT_ROWS, reduction=reduction,
               sampleWeight=WEIGHTS, **ignored, **logits) for reduction in ("sum", "mean_with_sample_weight")],
    ]


def squared_error_cases():
    target = [[0, 1, 0.5], [1, 1, -2], [1e-10, 50, 3]]
    prediction = [[0, 0, 0.5], [-50, 1.5, 2], [0, -50, 3.25]]
    return [
        case("squared error, batch x 3", MSE, target, prediction),
        case("squared error, batch x 3, weights", MSE, target, prediction, sampleWeight=[2, 0, 0.5]),
        case("squared error, batch x 1", MSE, column([0, 1, -2]), column([0, 0.5, 1e-10])),
        case("squared error, target batch, prediction batch x 1", MSE, [0, 1, -2], column([0, 0.5, 1e-10])),
        case("squared error, both batch: the mean of all", MSE, [0, 1, -2], [0, 0.5, 1e-10]),
    ]


def focal_cases():
    logits = {"from_logits": True}
    binary = [{}, {"label_smoothing": 0.1}, {"gamma": 3.0, "alpha": 0.75, "apply_class_balancing": True},
              {"gamma": 0.5}, {"gamma": 0.0}]
    categorical = [{}, {"label_smoothing": 0.1}, {"gamma": 1.5, "alpha": 0.5}]
    mild = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.25, 0.25, 0.5], [0.05, 0.05, 0.9]]
    mild_targets = one_hot([0, 2, 1, 2])
    return (
        [case(f"binary focal probabilities {o}", BINARY_FOCAL, column(PY), column(P), **o) for o in binary[:3]]
        + [case(f"binary focal logits {o}", BINARY_FOCAL, column(ZY[4:]), column(Z[4:]), **logits, **o) for o in binary[:3]]
        + [case(f"binary focal mild {o}", BINARY_FOCAL, mild_targets, mild, **o) for o in binary]
        + [case("binary focal sigmoid", BINARY_FOCAL, column(ZY), column(Z), activation="sigmoid"),
           case("binary focal weights", BINARY_FOCAL, mild_targets, mild, sampleWeight=WEIGHTS[:4])]
        + [case(f"categorical focal {o}", FOCAL, mild_targets, mild, **o) for o in categorical]
        + [case("categorical focal edges", FOCAL, one_hot(ROW_LABELS), ROWS),
           case("categorical focal logits", FOCAL, one_hot(ROW_LABELS), LOGIT_ROWS, **logits),
           case("categorical focal softmax", FOCAL, mild_targets, mild, activation="softmax"),
           case("categorical focal weights", FOCAL, mild_targets, mild, sampleWeight=WEIGHTS[:4])])


def error_cases():
    target = [[0, 1, 0.5], [1, 1.25, -2], [1e-10, 50, 3], [0.25, 0.5, 7]]
    prediction = [[0, 0.25, 0.5], [-50, 2.25, 2], [0.5, -30, 3.25], [0.5, 0.125, 0]]
    counts, rates = [[0, 1, 5], [3, 0, 2]], [[0.5, 1e-8, 4], [100, 0.25, 2.5]]
    picks = [case(f"{loss}, batch x 3", loss, *pair(loss, target, prediction, counts, rates)) for loss in ERRORS]
    weighted = [case(f"{loss}, weights", loss, *pair(loss, target, prediction, counts, rates),
                     sampleWeight=[0.5, 2] if loss == "poisson" else [2, 0, 0.5, 1]) for loss in ERRORS]
    return picks + weighted + [
        case("huber, delta 0.5", "huber", target, prediction, delta=0.5),
        case("huber, at delta", "huber", column([0, 0, 0]), column([1, -1, 0])),
        case("log cosh, far", "log_cosh", column([0, 0, 0]), column([100, -100, 1e-4])),
        case("cosine, lengths", "cosine_similarity", [[1, 2, 2], [1, 0, 0]], [[3, 0, 4], [-2, 0, 0]]),
        case("cosine, axis 1", "cosine_similarity", [[1, 2, 2], [1, 0, 0]], [[3, 0, 4], [-2, 0, 0]], axis=1),
        case("divergence", "kl_divergence", one_hot([0, 2, 1]), [[0.7, 0.2, 0.1], [0.1, 0.9, 0], [0, 1, 0]]),
        case("divergence, soft", "kl_divergence", [[0.5, 0.3, 0.2], [0.1, 0, 0.9]], [[0.4, 0.4, 0.2], [1, 0, 0]]),
        case("divergence, weights", "kl_divergence", one_hot([0, 2]), [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]],
             sampleWeight=[2, 0.5]),
    ]


def pair(loss, target, prediction, counts, rates):
    return (counts, rates) if loss == "poisson" else (target, prediction)


def hinge_cases():
    signs, bits = [[1, -1, 1], [-1, -1, 1]], [[1, 0, 0], [0, 0, 1]]
    scores = [[0.5, 0.5, 2], [-3, 0.25, -1]]
    return ([case(f"{loss}, -1 and 1", loss, signs, scores) for loss in HINGES[:2]]
            + [case(f"{loss}, 0 and 1", loss, bits, scores) for loss in HINGES]
            + [case(f"{loss}, 0, 1 and -1", loss, [[0, 1, -1], [1, 0, 1]], scores) for loss in HINGES[:2]]
            + [case(f"{loss}, weights", loss, bits, scores, sampleWeight=[0.5, 3]) for loss in HINGES])


def reduction_cases():
    target, prediction = [[0, 1], [1, 1], [2, 0]], [[0.5, 0], [0.25, 1.5], [3, -1]]
    return [case(f"{MSE}, {reduction}, weights {weights}", MSE, target, prediction, reduction=reduction,
                 **({"sampleWeight": weights} if weights else {}))
            for reduction in ("sum", "mean", "mean_with_sample_weight") for weights in (None, [2, 0, 0.5])]


def picture_cases():
    random = np.random.default_rng(3)
    shape = (2, 2, 3, 4)
    p, y = random.uniform(0.05, 1, shape).round(3).tolist(), random.uniform(0, 1, shape).round(3).tolist()
    labels = random.integers(0, 4, shape[:3])
    hot = np.eye(4)[labels].tolist()
    return [
        *[case(f"{loss} of pictures", loss, y, p) for loss in (MSE, BCE, "mean_absolute_error", "cosine_similarity")],
        *[case(f"{loss} of pictures", loss, hot, p) for loss in (CCE, FOCAL, "categorical_hinge", "kl_divergence")],
        case("squared error of pictures, sum", MSE, y, p, reduction="sum"),
        case("categorical logits of pictures", CCE, hot, p, from_logits=True, label_smoothing=0.1),
        case("categorical softmax of pictures", CCE, hot, p, activation="softmax"),
        case("sparse probabilities of pictures", SPARSE, labels.tolist(), p),
        case("sparse probabilities of pictures, ignore class 2", SPARSE, labels.tolist(), p, ignore_class=2),
        case("sparse logits of pictures, sum", SPARSE, labels[..., None].tolist(), p, from_logits=True, reduction="sum"),
    ]


def all_cases():
    return (binary_cases() + categorical_cases(CCE, one_hot(ROW_LABELS)) + categorical_cases(SPARSE, ROW_LABELS)
            + squared_error_cases() + focal_cases() + error_cases() + hinge_cases() + reduction_cases()
            + picture_cases())


def make_loss(keras, spec, reduction):
    name = "".join(part.title() for part in spec["loss"].split("_"))
    kind = getattr(keras.losses, {"KlDivergence": "KLDivergence"}.get(name, name))
    return kind(reduction=reduction, **{key: spec[key] for key in OPTIONS if key in spec})


def compute(keras, spec):
    """Per-sample losses, reduced value and gradient of one case on this process's backend."""
    target = np.asarray(spec["target"], np.int32 if spec["loss"] == SPARSE else np.float32)
    prediction = np.asarray(spec["prediction"], np.float32)
    weights = np.asarray(spec["sampleWeight"], np.float32) if "sampleWeight" in spec else None
    activate = keras.activations.get(spec.get("activation"))
    plain, reduced = (make_loss(keras, spec, r) for r in (None, spec.get("reduction", "sum_over_batch_size")))
    per_sample = plain(target, activate(keras.ops.convert_to_tensor(prediction)), sample_weight=weights)
    value, gradient = differentiate(keras, lambda p: reduced(target, activate(p), sample_weight=weights), prediction)
    return {"perSample": goldenFile.numbers(keras.ops.convert_to_numpy(per_sample)),
            "value": goldenFile.number(value), "gradient": goldenFile.numbers(gradient)}


def attempt(keras, spec):
    """A case's numbers, or None where the PyTorch backend cannot differentiate it ("grad_input must be contiguous")."""
    try:
        return compute(keras, spec)
    except RuntimeError:
        if keras.backend.backend() == "tensorflow":
            raise
        return None


def differentiate(keras, function, prediction):
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf
        x = tf.Variable(prediction)
        with tf.GradientTape() as tape:
            value = function(x + 0)
        return value.numpy(), tape.gradient(value, x).numpy()
    import torch
    x = torch.tensor(prediction, requires_grad=True)
    value = function(x)
    value.backward()
    return value.item(), x.grad.numpy()


def run_child():
    import keras
    results = [attempt(keras, spec) for spec in all_cases()]
    made_by = goldenFile.source("losses.py", BACKENDS[keras.backend.backend()], backend=keras.backend.backend())
    print("RESULT" + json.dumps({"source": made_by, "results": results}))


def run_backend(backend):
    environment = {**os.environ, "KERAS_BACKEND": backend}
    child = subprocess.run([sys.executable, __file__, "child"], env=environment, capture_output=True, text=True)
    if child.returncode != 0:
        raise SystemExit(child.stderr)
    return json.loads(child.stdout.split("RESULT")[1])


def same(a, b):
    def flat(result):
        return np.array([float(v) for v in [*result["perSample"], result["value"], *result["gradient"]]])
    return np.allclose(flat(a), flat(b), rtol=1e-6, atol=1e-9, equal_nan=True)


def flatten(spec):
    row = dict(spec)
    for key in ("target", "prediction"):
        row[key] = {"shape": list(np.shape(spec[key])), "values": goldenFile.numbers(spec[key])}
    return row


def main():
    runs = {backend: run_backend(backend) for backend in BACKENDS}
    cases = []
    for spec, first, second in zip(all_cases(), runs["tensorflow"]["results"], runs["torch"]["results"]):
        differs = second is not None and not same(first, second)
        cases.append({**flatten(spec), **first, **({"torch": second} if differs else {})})
        print(f"{spec['name']:60s} {first['value']!s:>22} {second['value'] if differs else ''}")
    goldenFile.write("losses", {"source": runs["tensorflow"]["source"], "sourceTorch": runs["torch"]["source"],
                                "cases": cases})


if __name__ == "__main__":
    run_child() if sys.argv[1:] == ["child"] else main()

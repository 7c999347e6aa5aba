"""Golden metrics: Keras's accuracy in all its forms, scikit-learn's per-class scores, SciPy's Wilson intervals.

`resolution`: which metric Keras makes of "accuracy" for the given target and prediction shapes (loss makes no difference).
`accuracy`: values after each of several unequal batches (`batches` are their sizes, `running` the value so far),
without and, where `sampleWeight` is given, with weights. Binary accuracy takes p > 0.5, strictly; argmax takes the first
of equal values.
`scores`: precision, recall, f1 and support per class (0 where undefined), confusion[true][predicted], averages.
`wilson`: two-sided score intervals of k right out of n, no continuity correction.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from scipy import stats
from sklearn import metrics as sklearn_metrics

import goldenFile

KINDS = {"BinaryAccuracy": "binary", "CategoricalAccuracy": "categorical",
         "SparseCategoricalAccuracy": "sparse_categorical"}
SHAPES = [
    ((4,), (4, 1)), ((4, 1), (4, 1)), ((4,), (4, 2)), ((4, 1), (4, 2)), ((4, 2), (4, 2)),
    ((4,), (4, 3)), ((4, 1), (4, 3)), ((4, 3), (4, 3)),
]
LOSSES = ["binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy", "mse"]


def resolve(name, loss, target_shape, prediction_shape):
    """The class of the metric that a compiled model makes of `name`, or the error it raises."""
    inputs = keras.Input(prediction_shape[1:] or ())
    model = keras.Model(inputs, keras.layers.Identity()(inputs))
    model.compile(loss=loss, metrics=[name], run_eagerly=True)
    compiled = model._compile_metrics
    prediction = np.linspace(0.1, 0.9, int(np.prod(prediction_shape)), dtype=np.float32).reshape(prediction_shape)
    try:
        compiled.build(np.zeros(target_shape, np.float32), prediction)
    except ValueError as error:
        return f"error: {error}"
    (metric,) = compiled.metrics
    if isinstance(metric, keras.metrics.Metric) and hasattr(metric, "metrics"):
        (metric,) = metric.metrics
    kind = KINDS.get(type(metric).__name__)
    return kind or KINDS["".join(part.title() for part in metric._fn.__name__.split("_"))]


def resolution_cases():
    rows = []
    for target_shape, prediction_shape in SHAPES:
        kinds = {resolve("accuracy", loss, target_shape, prediction_shape) for loss in LOSSES}
        assert len(kinds) == 1, kinds
        rows.append({"target": target_shape, "prediction": prediction_shape, "kind": kinds.pop()})
    return rows


def stream(name, kind, target, prediction, batches, weights=None):
    metric = {"binary": keras.metrics.BinaryAccuracy, "categorical": keras.metrics.CategoricalAccuracy,
              "sparse_categorical": keras.metrics.SparseCategoricalAccuracy}[kind]()
    target, prediction = np.asarray(target, np.float32), np.asarray(prediction, np.float32)
    running, start = [], 0
    for size in batches:
        rows = slice(start, start + size)
        metric.update_state(target[rows], prediction[rows], sample_weight=None if weights is None else weights[rows])
        running.append(goldenFile.number(metric.result()))
        start += size
    assert start == len(target)
    weighted = {} if weights is None else {"sampleWeight": goldenFile.numbers(weights)}
    return {"name": name, "kind": kind,
            "target": {"shape": list(target.shape), "values": goldenFile.numbers(target)},
            "prediction": {"shape": list(prediction.shape), "values": goldenFile.numbers(prediction)},
            "batches": batches, **weighted, "running": running}


def accuracy_cases():
    random = np.random.default_rng(7)
    edge = np.array([0.5, 0.5, np.nextafter(np.float32(0.5), np.float32(1)), np.nextafter(np.float32(0.5), np.float32(0)),
                     0, 1, 0.75, 0.25], np.float32)
    ties = [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0.5, 0.5], [0, 0.5, 0.5], [1, 1, 1], [1, 1, 1], [-1, -2, -1], [0.2, 0.3, 0.5]]
    tie_labels = [0, 1, 1, 2, 0, 2, 2, 2]
    p, labels = random.uniform(0, 1, 23), random.integers(0, 2, 23)
    rows, row_labels = random.normal(0, 1, (23, 4)), random.integers(0, 4, 23)
    weights = random.uniform(0, 2, 23).astype(np.float32)
    batches = [5, 10, 1, 7]
    return [
        stream("binary at the threshold", "binary", [[0], [1], [1], [0], [0], [1], [0], [1]], edge[:, None], [3, 1, 4]),
        stream("binary, batch", "binary", labels, p, batches),
        stream("binary, target batch, prediction batch x 1", "binary", labels, p[:, None], batches),
        stream("binary, batch x 4: every entry counts", "binary", np.eye(4)[row_labels], rows, batches),
        stream("binary, weights", "binary", labels[:, None], p[:, None], batches, weights),
        stream("sparse ties: the first", "sparse_categorical", tie_labels, ties, [3, 5]),
        stream("categorical ties: the first", "categorical", np.eye(3)[tie_labels], ties, [3, 5]),
        stream("categorical, soft targets with ties", "categorical", ties, np.eye(3)[tie_labels], [3, 5]),
        stream("sparse", "sparse_categorical", row_labels, rows, batches),
        stream("sparse, target batch x 1", "sparse_categorical", row_labels[:, None], rows, batches),
        stream("categorical", "categorical", np.eye(4)[row_labels], rows, batches),
        stream("sparse, weights", "sparse_categorical", row_labels, rows, batches, weights),
    ]


def scores(name, true, predicted, classes):
    labels = list(range(classes))
    def summary(average):
        values = sklearn_metrics.precision_recall_fscore_support(true, predicted, labels=labels, average=average,
                                                                 zero_division=0)
        return dict(zip(("precision", "recall", "f1"), (np.asarray(v).tolist() for v in values)))
    per_class = sklearn_metrics.precision_recall_fscore_support(true, predicted, labels=labels, zero_division=0)
    return {"name": name, "classes": classes, "true": list(map(int, true)), "predicted": list(map(int, predicted)),
            "accuracy": float(sklearn_metrics.accuracy_score(true, predicted)),
            **summary(None), "support": per_class[3].tolist(),
            "confusion": sklearn_metrics.confusion_matrix(true, predicted, labels=labels).tolist(),
            "macro": summary("macro"), "weighted": summary("weighted")}


def score_cases():
    random = np.random.default_rng(11)
    true10 = random.integers(0, 10, 120)
    noisy = np.where(random.uniform(size=120) < 0.6, true10, random.integers(0, 10, 120))
    true3 = random.integers(0, 3, 60)
    return [
        scores("two classes", [0, 1, 1, 0, 1, 0, 0, 1, 1], [0, 1, 0, 0, 1, 1, 0, 1, 1], 2),
        scores("three classes, one never predicted", true3, np.minimum(random.integers(0, 3, 60), 1), 3),
        scores("three classes, one without samples", np.minimum(true3, 1), random.integers(0, 3, 60), 3),
        scores("three classes, one in neither", np.minimum(true3, 1), random.integers(0, 2, 60), 3),
        scores("ten classes", true10, noisy, 10),
        scores("all right", true3, true3, 3),
        scores("all wrong", true3, (true3 + 1) % 3, 3),
    ]


def wilson_cases():
    rows = []
    for right, total in [(0, 1), (1, 1), (0, 10), (7, 10), (50, 100), (943, 1000), (951, 1000), (1000, 1000)]:
        for level in (0.9, 0.95, 0.99):
            low, high = stats.binomtest(right, total).proportion_ci(level, method="wilson")
            rows.append({"right": right, "total": total, "level": level, "low": float(low), "high": float(high)})
    return rows


def main():
    resolution = resolution_cases()
    for row in resolution:
        print(row)
    goldenFile.write("metrics", {
        "source": goldenFile.source("metrics.py", ["keras", "tensorflow_cpu", "scikit-learn", "scipy", "numpy"],
                                    backend="tensorflow"),
        "resolution": resolution, "accuracy": accuracy_cases(), "scores": score_cases(), "wilson": wilson_cases()})


if __name__ == "__main__":
    main()

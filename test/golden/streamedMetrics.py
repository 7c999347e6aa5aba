"""Golden metrics of Keras over several unequal batches: everything but the accuracies, which are in metrics.py.

Each case names the class, its options, the targets and predictions (flat, with their shapes), the sizes of the batches,
perhaps one weight a sample, and `running`, the value after each batch (a list where the result is one).
`history`: keys that a compiled model's history has for the given metrics.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

import goldenFile

BATCHES = [5, 1, 8, 3]
SAMPLES = sum(BATCHES)


def stream(kind, target, prediction, options=None, weights=None, batches=None):
    options, batches = options or {}, batches or BATCHES
    metric = getattr(keras.metrics, kind)(**options)
    target, prediction = np.asarray(target, np.float32), np.asarray(prediction, np.float32)
    running, start = [], 0
    for size in batches:
        rows = slice(start, start + size)
        metric.update_state(target[rows], prediction[rows], sample_weight=None if weights is None else weights[rows])
        value = np.asarray(metric.result())
        running.append(goldenFile.number(value) if value.ndim == 0 else goldenFile.numbers(value))
        start += size
    assert start == len(target), (kind, start, len(target))
    weighted = {} if weights is None else {"sampleWeight": goldenFile.numbers(weights)}
    return {"kind": kind, "keyInHistory": metric.name, "options": options,
            "target": {"shape": list(target.shape), "values": goldenFile.numbers(target)},
            "prediction": {"shape": list(prediction.shape), "values": goldenFile.numbers(prediction)},
            "batches": batches, **weighted, "running": running}


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def data():
    random = np.random.default_rng(5)
    labels = random.integers(0, 4, SAMPLES)
    return {
        "labels": labels,
        "hot": np.eye(4, dtype=np.float32)[labels],
        "logits": random.normal(0, 1.5, (SAMPLES, 4)).astype(np.float32),
        "bits": random.integers(0, 2, (SAMPLES, 1)).astype(np.float32),
        "many": random.integers(0, 2, (SAMPLES, 4)).astype(np.float32),
        "p": random.uniform(0, 1, (SAMPLES, 1)).astype(np.float32),
        # A third of the values lie on thresholds.
        "q": np.where(random.uniform(size=(SAMPLES, 4)) < 0.3, random.integers(0, 11, (SAMPLES, 4)) / 10,
                      random.uniform(0, 1, (SAMPLES, 4))).astype(np.float32),
        "values": random.normal(2, 3, (SAMPLES, 3)).astype(np.float32),
        "guesses": random.normal(2, 3, (SAMPLES, 3)).astype(np.float32),
        "weights": np.round(random.uniform(0, 2, SAMPLES), 3).astype(np.float32),
    }


def retrieval_cases(d):
    cases = []
    for kind in ("Precision", "Recall"):
        cases += [
            stream(kind, d["bits"], d["p"]), stream(kind, d["bits"], d["p"], weights=d["weights"]),
            stream(kind, d["many"], d["q"]), stream(kind, d["many"], d["q"], {"thresholds": [0.1, 0.35, 0.9]}),
            stream(kind, d["many"], d["q"], {"top_k": 2}), stream(kind, d["many"], d["q"], {"class_id": 1}),
            stream(kind, d["many"], d["q"], {"top_k": 2, "thresholds": 0.6, "class_id": 3}),
            stream(kind, d["many"], d["q"] * 0, {}),
        ]
    for kind in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives"):
        cases += [stream(kind, d["many"], d["q"]), stream(kind, d["bits"], d["p"], {"thresholds": 0.25}, d["weights"])]
    return cases


def auc_cases(d):
    book = ([0, 0, 1, 1, 1, 0, 1, 0], [0.1, 0.4, 0.35, 0.8, 0.5, 0.5, 0.9, 0.2])
    edges = ([0, 1, 1, 0, 1, 0], [0, 1, 0.5, 0.5, 0, 1])
    cases = []
    for curve in ("ROC", "PR"):
        for options in ({}, {"num_thresholds": 5}, {"summation_method": "majoring"}, {"summation_method": "minoring"}):
            cases.append(stream("AUC", *book, {"curve": curve, **options}, batches=[3, 5]))
        cases += [
            stream("AUC", *edges, {"curve": curve}, batches=[2, 4]),
            stream("AUC", d["bits"], d["p"], {"curve": curve}, d["weights"]),
            stream("AUC", d["many"], d["q"], {"curve": curve}),
            stream("AUC", d["many"], d["q"], {"curve": curve, "multi_label": True}),
            stream("AUC", d["many"], d["q"], {"curve": curve, "multi_label": True, "label_weights": [1, 0, 2, 0.5]}, d["weights"]),
            stream("AUC", d["many"], d["q"], {"curve": curve, "thresholds": [0.15, 0.5, 0.7]}),
            stream("AUC", d["many"], d["logits"], {"curve": curve, "from_logits": True, "num_thresholds": 21}),
        ]
    return cases


def score_cases(d):
    cases = []
    for average in (None, "micro", "macro", "weighted"):
        cases += [stream("F1Score", d["many"], d["q"], {"average": average, "threshold": 0.5}),
                  stream("F1Score", d["hot"], softmax(d["logits"]), {"average": average}),
                  stream("FBetaScore", d["many"], d["q"], {"average": average, "beta": 2.0, "threshold": 0.25}, d["weights"])]
    for kind in ("TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy"):
        target = d["labels"] if kind.startswith("Sparse") else d["hot"]
        cases += [stream(kind, target, d["q"], {"k": 2}), stream(kind, target, d["q"], {"k": 3}, d["weights"])]
    cases += [stream("MeanIoU", d["labels"], d["logits"].argmax(-1), {"num_classes": 5}),
              stream("MeanIoU", d["labels"], d["logits"].argmax(-1), {"num_classes": 4, "ignore_class": 0}),
              stream("OneHotMeanIoU", d["hot"], d["logits"], {"num_classes": 4})]
    return cases


def error_cases(d):
    cases = []
    for kind in ("MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
                 "MeanSquaredLogarithmicError", "LogCoshError", "CosineSimilarity"):
        cases += [stream(kind, d["values"], d["guesses"]), stream(kind, d["values"], d["guesses"], weights=d["weights"])]
    for aggregation in (None, "uniform_average", "variance_weighted_average"):
        cases += [stream("R2Score", d["values"], d["values"] + d["guesses"] / 4, {"class_aggregation": aggregation},
                         batches=[6, 11]),
                  stream("R2Score", d["values"], d["guesses"], {"class_aggregation": aggregation}, d["weights"], [6, 11])]
    for kind in ("Hinge", "SquaredHinge"):
        cases += [stream(kind, d["many"], d["guesses"].repeat(2, 1)[:, :4]),
                  stream(kind, d["many"] * 2 - 1, d["logits"], weights=d["weights"])]
    return cases + [stream("CategoricalHinge", d["hot"], d["logits"]), stream("Poisson", np.abs(d["values"]), np.abs(d["guesses"]))]


def crossentropy_cases(d):
    p, logits = softmax(d["logits"]), {"from_logits": True}
    soft = {"label_smoothing": 0.1}
    return [
        stream("BinaryCrossentropy", d["many"], d["q"]), stream("BinaryCrossentropy", d["many"], d["logits"], logits),
        stream("BinaryCrossentropy", d["bits"], d["p"], soft, d["weights"]),
        stream("CategoricalCrossentropy", d["hot"], d["q"] + 0.1), stream("CategoricalCrossentropy", d["hot"], p, soft),
        stream("CategoricalCrossentropy", d["hot"], d["logits"], {**logits, **soft}, d["weights"]),
        stream("SparseCategoricalCrossentropy", d["labels"], d["q"] + 0.1),
        stream("SparseCategoricalCrossentropy", d["labels"], d["logits"], logits, d["weights"]),
        stream("SparseCategoricalCrossentropy", d["labels"], p.round(3), {"ignore_class": 2}),
        stream("KLDivergence", d["hot"], p), stream("KLDivergence", softmax(d["logits"][::-1]), p, weights=d["weights"]),
    ]


def picture_cases(d):
    random = np.random.default_rng(9)
    p = softmax(random.normal(0, 1, (4, 2, 3, 3)))
    labels = random.integers(0, 3, (4, 2, 3))
    hot, batches = np.eye(3)[labels], [1, 3]
    return [stream("MeanSquaredError", hot, p, batches=batches), stream("CategoricalAccuracy", hot, p, batches=batches),
            stream("SparseCategoricalAccuracy", labels, p, batches=batches), stream("AUC", hot, p, batches=batches),
            stream("OneHotMeanIoU", hot, p, {"num_classes": 3}, batches=batches)]


def history_keys(metrics, weighted=()):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile(loss="bce", metrics=list(metrics), weighted_metrics=list(weighted))
    x, y = np.ones((4, 2), np.float32), np.array([0, 1, 0, 1], np.float32)
    history = model.fit(x, y, sample_weight=np.ones(4), verbose=0, validation_data=(x, y)).history
    return list(history)


def history_cases():
    rows = []
    for metrics, weighted in [
        (["acc", "AUC"], []), (["accuracy", "mse", "MAE"], []), (["mse", "mse"], []), (["acc"], ["acc"]),
        (["acc"], ["acc", "acc"]), ([], ["mse", "precision"]),
        (["root_mean_squared_error", "Precision"], ["recall"]),
    ]:
        rows.append({"metrics": metrics, "weightedMetrics": weighted, "keys": history_keys(metrics, weighted)})
    return rows


def main():
    d = data()
    cases = (retrieval_cases(d) + auc_cases(d) + score_cases(d) + error_cases(d) + crossentropy_cases(d) + picture_cases(d))
    for row in cases:
        print(row["kind"], row["options"], row["running"][-1])
    history = history_cases()
    for row in history:
        print(row)
    goldenFile.write("streamedMetrics", {
        "source": goldenFile.source("streamedMetrics.py", ["keras", "tensorflow_cpu", "numpy"], backend="tensorflow"),
        "history": history, "cases": cases})


if __name__ == "__main__":
    main()

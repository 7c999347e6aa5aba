"""Golden scores of scikit-learn for several labels an image, and for numbers."""

import numpy as np
from sklearn import metrics

import goldenFile


def labels(name, random, samples, count, ties):
    y = (random.uniform(size=(samples, count)) < 0.4).astype(np.float32)
    p = random.uniform(size=(samples, count)) * 0.6 + 0.4 * y * random.uniform(size=(samples, count))
    p = (np.round(p, 1) if ties else p).astype(np.float32)
    said = (p > 0.5).astype(int)
    def f1(average):
        values = metrics.precision_recall_fscore_support(y, said, average=average, zero_division=0)[:3]
        return {key: np.asarray(value).tolist() for key, value in zip(("precision", "recall", "f1"), values)}
    return {"name": name, "targets": goldenFile.numbers(y), "probabilities": goldenFile.numbers(p), "labels": count,
            "exactMatch": metrics.accuracy_score(y, said), "labelAccuracy": 1 - metrics.hamming_loss(y, said),
            "perLabel": f1(None), "macro": f1("macro"), "micro": f1("micro"),
            "averagePrecision": metrics.average_precision_score(y, p, average=None).tolist(),
            "auc": metrics.roc_auc_score(y, p, average=None).tolist()}


def values(name, random, samples, count):
    y = random.normal(20, 8, (samples, count)).astype(np.float32)
    p = (y * 0.8 + 3 + random.normal(0, 4, (samples, count))).astype(np.float32)
    return {"name": name, "targets": goldenFile.numbers(y), "predictions": goldenFile.numbers(p), "values": count,
            "meanAbsoluteError": metrics.mean_absolute_error(y, p, multioutput="raw_values").tolist(),
            "rootMeanSquaredError": metrics.root_mean_squared_error(y, p, multioutput="raw_values").tolist(),
            "r2": metrics.r2_score(y, p, multioutput="raw_values").tolist(),
            "medianError": np.abs(y - np.median(y, 0)).mean(0).tolist(), "loss": float(metrics.mean_squared_error(y, p))}


def main():
    random = np.random.default_rng(12)
    goldenFile.write("taskScores", {
        "source": goldenFile.source("taskScores.py", ["scikit-learn", "numpy"]),
        "labels": [labels("four labels", random, 40, 4, False), labels("ties", random, 60, 3, True)],
        "values": [values("one value", random, 31, 1), values("three values", random, 24, 3)]})


if __name__ == "__main__":
    main()

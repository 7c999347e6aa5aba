"""Golden scores of scikit-learn for several labels an image, and for numbers; intervals of SciPy's bootstrap."""

import numpy as np
from scipy.stats import bootstrap
from sklearn import metrics
from sklearn.calibration import calibration_curve

import goldenFile


def interval(samples, statistic):
    """The middle 95 % of a statistic over images drawn again, images that belong together drawn together."""
    rows = np.arange(samples)
    found = bootstrap((rows,), lambda drawn: statistic(drawn.astype(int)), vectorized=False, n_resamples=4000, method="percentile",
                      random_state=7).confidence_interval
    return [float(found.low), float(found.high)]


def labelCurves(y, p):
    fpr, tpr, _ = metrics.roc_curve(y, p, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(y, p)
    return {"falsePositiveRate": fpr.tolist(), "truePositiveRate": tpr.tolist(), "precision": precision.tolist(), "recall": recall.tolist()}


def labelCalibration(y, p):
    shares, means = calibration_curve(y.ravel(), p.ravel(), n_bins=15)
    place = np.searchsorted(np.linspace(0, 1, 16)[1:-1], p.ravel())
    gaps = [abs(y.ravel()[place == b].astype(float).sum() - p.ravel()[place == b].astype(float).sum()) for b in range(15)]
    return {"accuracy": shares.tolist(), "confidence": means.tolist(), "expectedCalibrationError": float(sum(gaps) / y.size),
            "brier": float(np.mean([metrics.brier_score_loss(y[:, c], p[:, c]) for c in range(y.shape[1])]))}


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
            "auc": metrics.roc_auc_score(y, p, average=None).tolist(),
            "curves": [labelCurves(y[:, c], p[:, c]) for c in range(count)], "calibration": labelCalibration(y, p),
            "intervals": {
                "macroF1": interval(samples, lambda rows: metrics.f1_score(y[rows], said[rows], average="macro", zero_division=0)),
                "microF1": interval(samples, lambda rows: metrics.f1_score(y[rows], said[rows], average="micro", zero_division=0)),
                "labelAccuracy": interval(samples, lambda rows: 1 - metrics.hamming_loss(y[rows], said[rows])),
                "meanAveragePrecision": interval(samples, lambda rows: metrics.average_precision_score(y[rows], p[rows], average="macro")),
                "meanAuc": interval(samples, lambda rows: metrics.roc_auc_score(y[rows], p[rows], average="macro"))}}


def values(name, random, samples, count):
    y = random.normal(20, 8, (samples, count)).astype(np.float32)
    p = (y * 0.8 + 3 + random.normal(0, 4, (samples, count))).astype(np.float32)
    return {"name": name, "targets": goldenFile.numbers(y), "predictions": goldenFile.numbers(p), "values": count,
            "meanAbsoluteError": metrics.mean_absolute_error(y, p, multioutput="raw_values").tolist(),
            "rootMeanSquaredError": metrics.root_mean_squared_error(y, p, multioutput="raw_values").tolist(),
            "r2": metrics.r2_score(y, p, multioutput="raw_values").tolist(),
            "medianAbsoluteError": metrics.median_absolute_error(y, p, multioutput="raw_values").tolist(),
            "ninthDecile": np.quantile(np.abs(p.astype(float) - y), 0.9, axis=0).tolist(),
            "intervals": {
                "rootMeanSquaredError": interval(samples, lambda rows: metrics.root_mean_squared_error(y[rows, 0], p[rows, 0])),
                "r2": interval(samples, lambda rows: metrics.r2_score(y[rows, 0], p[rows, 0])),
                "medianAbsoluteError": interval(samples, lambda rows: metrics.median_absolute_error(y[rows, 0], p[rows, 0])),
                "meanR2": interval(samples, lambda rows: metrics.r2_score(y[rows], p[rows]))},
            "medianError": np.abs(y - np.median(y, 0)).mean(0).tolist(), "loss": float(metrics.mean_squared_error(y, p))}


def main():
    random = np.random.default_rng(12)
    goldenFile.write("taskScores", {
        "source": goldenFile.source("taskScores.py", ["scikit-learn", "scipy", "numpy"]),
        "labels": [labels("four labels", random, 40, 4, False), labels("ties", random, 60, 3, True)],
        "values": [values("one value", random, 31, 1), values("three values", random, 24, 3)]})


if __name__ == "__main__":
    main()

"""Golden curves, calibration and intervals: scikit-learn's, SciPy's best temperature, DeLong's variance from its definition."""

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn import metrics
from sklearn.calibration import calibration_curve

import goldenFile


def drawn(random, samples, classes, ties, sharpness):
    y = random.integers(0, classes, samples)
    logits = random.normal(size=(samples, classes)) + 1.5 * np.eye(classes)[y]
    p = np.exp(sharpness * logits)
    p /= p.sum(1, keepdims=True)
    if ties:
        p = np.round(p, 1) + 0.01
        p /= p.sum(1, keepdims=True)
    return y, p.astype(np.float32)


def curves(y, score):
    fpr, tpr, thresholds = metrics.roc_curve(y, score, drop_intermediate=False)
    precision, recall, cuts = metrics.precision_recall_curve(y, score)
    return {"roc": {"falsePositiveRate": fpr.tolist(), "truePositiveRate": tpr.tolist(), "thresholds": [float(t) for t in thresholds[1:]]},
            "precisionRecall": {"precision": precision.tolist(), "recall": recall.tolist(), "thresholds": [float(t) for t in cuts]},
            "auc": metrics.roc_auc_score(y, score), "averagePrecision": metrics.average_precision_score(y, score)}


def delong(y, score):
    """The variance of the area from its definition: structural components over all pairs."""
    high, low = score[y == 1].astype(float), score[y == 0].astype(float)
    psi = (high[:, None] > low[None]) + 0.5 * (high[:, None] == low[None])
    return float(psi.mean(1).var(ddof=1) / len(high) + psi.mean(0).var(ddof=1) / len(low))


def case(name, random, samples, classes, ties=False, sharpness=1.0):
    y, p = drawn(random, samples, classes, ties, sharpness)
    said = p.argmax(1)
    confidence, right = p.max(1), (said == y).astype(int)
    bins = np.linspace(0, 1, 16)
    place = np.searchsorted(bins[1:-1], confidence)
    gaps = [abs(right[place == b].sum() - confidence[place == b].astype(float).sum()) for b in range(15)]
    shares, means = calibration_curve(right, confidence, n_bins=15)
    z = np.log(np.maximum(p.astype(np.float64), 1e-38))
    def loss(temperature):
        scaled = z / temperature
        top = scaled.max(1, keepdims=True)
        return float((np.log(np.exp(scaled - top).sum(1)) + top[:, 0] - scaled[np.arange(samples), y]).mean())
    best = minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-10})
    one = y if classes == 2 else np.eye(classes)[y]
    return {"name": name, "classes": classes, "labels": y.tolist(), "probabilities": goldenFile.numbers(p),
            "perClass": [{**curves((y == c).astype(int), p[:, c]), "variance": delong((y == c).astype(int), p[:, c])}
                         for c in range(classes)],
            "topK": [] if ties else [[k, metrics.top_k_accuracy_score(y, p if classes > 2 else p[:, 1], k=k, labels=range(classes))]
                     for k in (1, 2, 3, 5) if k < classes],
            "reliability": {"accuracy": shares.tolist(), "confidence": means.tolist()},
            "expectedCalibrationError": float(sum(gaps) / samples),
            "brier": float(metrics.brier_score_loss(one, p[:, 1] if classes == 2 else p)),
            "temperature": {"temperature": float(best.x), "lossBefore": loss(1.0), "lossAfter": float(best.fun)}}


def main():
    random = np.random.default_rng(5)
    goldenFile.write("evaluation", {
        "source": goldenFile.source("evaluation.py", ["scikit-learn", "scipy", "numpy"]),
        "cases": [case("two classes", random, 60, 2), case("ties", random, 50, 2, ties=True),
                  case("six classes, too sure", random, 80, 6, sharpness=2.5), case("three classes, too shy", random, 45, 3, sharpness=0.5)]})


if __name__ == "__main__":
    main()

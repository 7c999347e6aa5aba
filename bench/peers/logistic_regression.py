"""The bar for a linear head: scikit-learn's standardised logistic regression, with the C that validates best.

    python logistic_regression.py <folder>

<folder> holds train.npy, validation.npy and, if there is one, test.npy (float32 [samples, features]), each with
*_labels.npy (whole numbers from 0). The mean and standard deviation come from the train split alone; C runs over 1e-4 to
10; the smallest C wins a tie. Intervals: Wilson, 95 %.
"""

import pathlib
import sys
import time
import warnings

import numpy as np
from scipy import stats
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import measure

STRENGTHS = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10]


def load(folder, split):
    path = pathlib.Path(folder) / f"{split}.npy"
    return (np.load(path), np.load(path.with_name(f"{split}_labels.npy"))) if path.exists() else None


def score(model, data):
    x, y = data
    right = int((model.predict(x) == y).sum())
    low, high = stats.binomtest(right, len(y)).proportion_ci(0.95, method="wilson")
    return {"accuracy": right / len(y), "right": right, "total": len(y), "wilson95": [round(low, 4), round(high, 4)],
            "loss": round(float(log_loss(y, model.predict_proba(x), labels=model.classes_)), 4)}


def main(folder):
    warnings.simplefilter("ignore", ConvergenceWarning)
    train, validation, test = (load(folder, split) for split in ("train", "validation", "test"))
    start, best, tried = time.perf_counter(), None, {}
    for strength in STRENGTHS:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=2000))
        model.fit(*train)
        result = score(model, validation)
        tried[strength] = result["accuracy"]
        if best is None or result["accuracy"] > best[1]["accuracy"]:
            best = (strength, result, model)
    strength, result, model = best
    measure.report("standardised logistic regression", ["scikit-learn", "numpy", "scipy"], bestC=strength,
                   train=score(model, train), validation=result, test=score(model, test) if test else None,
                   validationByC=tried, seconds=round(time.perf_counter() - start, 1))


if __name__ == "__main__":
    main(sys.argv[1])

"""Golden predictions of scikit-learn's classifiers that need no gradient steps."""

import numpy as np
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid

import goldenFile


def case(name, random, rows, columns, classes, c, alpha):
    centers = random.normal(0, 1, (classes, columns))
    labels = np.concatenate([np.arange(classes), random.integers(0, classes, rows - classes)])
    train = (centers[labels] + random.normal(0, 1.5, (rows, columns))).astype(np.float32)
    test = (centers[random.integers(0, classes, 15)] + random.normal(0, 1.5, (15, columns))).astype(np.float32)
    logistic = LogisticRegression(C=c, tol=1e-10, max_iter=10000).fit(train.astype(float), labels)
    ridge = RidgeClassifier(alpha=alpha).fit(train.astype(float), labels)
    scores = ridge.decision_function(test.astype(float))
    neighbours = KNeighborsClassifier(5, algorithm="brute").fit(train.astype(float), labels)
    return {"name": name, "rows": rows, "columns": columns, "classes": classes, "c": c, "alpha": alpha,
            "train": goldenFile.array(train), "labels": labels.tolist(), "test": goldenFile.array(test),
            "logistic": {"probabilities": logistic.predict_proba(test.astype(float)).tolist(), "weights": logistic.coef_.tolist(), "bias": logistic.intercept_.tolist()},
            "ridge": {"predicted": ridge.predict(test.astype(float)).tolist(), "scores": scores.tolist(), "weights": ridge.coef_.tolist(), "bias": ridge.intercept_.tolist()},
            "neighbours": neighbours.predict_proba(test.astype(float)).tolist(),
            "mean": NearestCentroid().fit(train.astype(float), labels).predict(test.astype(float)).tolist()}


def main():
    random = np.random.default_rng(8)
    goldenFile.write("solvedHeads", {
        "source": goldenFile.source("solvedHeads.py", ["scikit-learn", "numpy"]),
        "cases": [case("two classes", random, 40, 6, 2, 0.1, 1.0), case("four classes", random, 60, 8, 4, 1.0, 3.0),
                  case("more columns than rows", random, 20, 30, 3, 0.5, 2.0)]})


if __name__ == "__main__":
    main()

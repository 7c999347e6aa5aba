import type { FeatureMatrix, SolvedHead } from "./featureMatrix.ts";
import { linearForm, linearShares } from "./linearScores.ts";

/** Score of a class without rows: far below any other, and a finite number in float32. */
const never = -1e9;

/** The class whose mean is nearest (scikit-learn's `NearestCentroid`); a class without rows is never named. */
export function nearestMean(train: FeatureMatrix, labels: ArrayLike<number>, classes: number): SolvedHead {
  const { rows, columns, data } = train;
  const counts = new Float64Array(classes);
  for (let row = 0; row < rows; row++) counts[labels[row]!]! += 1;
  const weights = new Float64Array(classes * (columns + 1));
  for (let row = 0; row < rows; row++) {
    const label = labels[row]!;
    for (let column = 0; column < columns; column++) {
      weights[label * columns + column]! += data[row * columns + column]! / counts[label]!;
    }
  }
  // |x - m|^2 orders the classes as x m - |m|^2 / 2 does, which is linear in x. Divided by the number of columns, so that exponentials
  // tell the classes apart in float32.
  for (let label = 0; label < classes; label++) {
    const mean = weights.subarray(label * columns, (label + 1) * columns);
    const half = mean.reduce((sum, value) => sum + value * value, 0) / 2;
    for (let column = 0; column < columns; column++) mean[column]! /= columns;
    weights[classes * columns + label] = counts[label] === 0 ? never : -half / columns;
  }
  return {
    calibrated: false,
    parameters: classes * columns,
    predict: (features) => linearShares(features, weights, classes),
    linear: linearForm(weights, classes),
  };
}

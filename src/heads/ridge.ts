import { solvePositiveDefinite } from "./cholesky.ts";
import type { FeatureMatrix, SolvedHead } from "./featureMatrix.ts";
import { linearForm, linearShares } from "./linearScores.ts";

export interface RidgeOptions {
  /** What the squared weights count beside the squared errors: scikit-learn's alpha. Default 1. */
  readonly alpha?: number;
}

/**
 * Least squares with a penalty on classes coded as 1 and -1, in closed form; the class with the highest score wins (scikit-learn's
 * `RidgeClassifier`). The smaller of the two systems is solved: one equation a column, or one a row.
 */
export function ridge(
  train: FeatureMatrix,
  labels: ArrayLike<number>,
  classes: number,
  { alpha = 1 }: RidgeOptions = {},
): SolvedHead & { readonly weights: Float64Array } {
  const { rows, columns } = train;
  const means = columnMeans(train);
  const targets = Float64Array.from({ length: rows * classes }, (_, at) =>
    labels[Math.floor(at / classes)] === at % classes ? 1 : -1,
  );
  const targetMeans = Float64Array.from({ length: classes }, (_, output) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += targets[row * classes + output]!;
    return sum / rows;
  });
  for (let at = 0; at < targets.length; at++) targets[at]! -= targetMeans[at % classes]!;
  const centred = Float64Array.from(train.data, (value, at) => value - means[at % columns]!);
  const solve = columns <= rows ? byColumns : byRows;
  const solution = solve({ centred, rows, columns, targets, classes, alpha });
  const weights = new Float64Array(classes * (columns + 1));
  for (let output = 0; output < classes; output++) {
    let bias = targetMeans[output]!;
    for (let column = 0; column < columns; column++) {
      const weight = solution[column * classes + output]!;
      weights[output * columns + column] = weight;
      bias -= weight * means[column]!;
    }
    weights[classes * columns + output] = bias;
  }
  return {
    weights,
    calibrated: false,
    parameters: weights.length,
    // Scores from -1 to 1; their softmax is in their order, but no probability.
    predict: (features) => linearShares(features, weights, classes),
    linear: linearForm(weights, classes),
  };
}

interface Equations {
  readonly centred: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly targets: Float64Array;
  readonly classes: number;
  readonly alpha: number;
}

/** (X'X + alpha I) W = X'Y. */
function byColumns({ centred, rows, columns, targets, classes, alpha }: Equations): Float64Array {
  const gram = new Float64Array(columns * columns);
  const right = new Float64Array(columns * classes);
  for (let row = 0; row < rows; row++) {
    const own = centred.subarray(row * columns, (row + 1) * columns);
    for (let a = 0; a < columns; a++) {
      const value = own[a]!;
      for (let b = 0; b <= a; b++) gram[a * columns + b]! += value * own[b]!;
      for (let output = 0; output < classes; output++) {
        right[a * classes + output]! += value * targets[row * classes + output]!;
      }
    }
  }
  for (let a = 0; a < columns; a++) gram[a * columns + a]! += alpha;
  solvePositiveDefinite(gram, columns, right);
  return right;
}

/** W = X' (XX' + alpha I)^-1 Y: the same answer with one equation a row. */
function byRows({ centred, rows, columns, targets, classes, alpha }: Equations): Float64Array {
  const gram = new Float64Array(rows * rows);
  for (let a = 0; a < rows; a++) {
    const own = centred.subarray(a * columns, (a + 1) * columns);
    for (let b = 0; b <= a; b++) {
      let sum = a === b ? alpha : 0;
      for (let column = 0; column < columns; column++) sum += own[column]! * centred[b * columns + column]!;
      gram[a * rows + b] = sum;
    }
  }
  const dual = targets.slice();
  solvePositiveDefinite(gram, rows, dual);
  const weights = new Float64Array(columns * classes);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = centred[row * columns + column]!;
      for (let output = 0; output < classes; output++) {
        weights[column * classes + output]! += value * dual[row * classes + output]!;
      }
    }
  }
  return weights;
}

function columnMeans({ rows, columns, data }: FeatureMatrix): Float64Array {
  const means = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) means[at % columns]! += data[at]! / rows;
  return means;
}

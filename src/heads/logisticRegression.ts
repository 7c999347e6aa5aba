import type { FeatureMatrix, SolvedHead } from "./featureMatrix.ts";
import { linearForm, linearScores, linearShares, softmaxRow } from "./linearScores.ts";
import { type MinimizeOptions, minimize } from "./minimize.ts";

export interface LogisticOptions extends MinimizeOptions {
  /** What the training error counts against the weights' size: scikit-learn's C. Default 1. */
  readonly c?: number;
}

/**
 * Logistic regression to convergence: the sum of all cross-entropies times C plus half the squared weights, biases left free, is
 * as small as it can be. Two classes have one weight vector, more have one each (scikit-learn's `LogisticRegression`).
 *
 * @param labels - 0 to classes - 1, one a row.
 */
export function logisticRegression(
  train: FeatureMatrix,
  labels: ArrayLike<number>,
  classes: number,
  options: LogisticOptions = {},
): SolvedHead & { readonly converged: boolean; readonly weights: Float64Array } {
  const outputs = classes === 2 ? 1 : classes;
  const { rows, columns } = train;
  const scale = 1 / rows;
  const penalty = scale / (options.c ?? 1);
  const scores = new Float64Array(rows * outputs);
  const objective = (weights: Float64Array, gradient: Float64Array): number => {
    linearScores(train, weights, outputs, scores);
    const loss = outputs === 1 ? binaryErrors(scores, labels) : softmaxErrors(scores, labels, outputs);
    gradient.fill(0);
    addGradient(train, scores, outputs, scale, gradient);
    let squares = 0;
    for (let at = 0; at < outputs * columns; at++) {
      squares += weights[at]! ** 2;
      gradient[at]! += penalty * weights[at]!;
    }
    return scale * loss + (penalty * squares) / 2;
  };
  const { point, converged } = minimize(objective, new Float64Array(outputs * (columns + 1)), options);
  return {
    weights: point,
    converged,
    calibrated: true,
    parameters: point.length,
    predict: (features) => probabilities(features, point, outputs),
    linear: linearForm(outputs === 1 ? againstZero(point) : point, classes),
  };
}

/** The sum of cross-entropies; scores become probability minus truth. */
function binaryErrors(scores: Float64Array, labels: ArrayLike<number>): number {
  let loss = 0;
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row]!;
    loss += Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - labels[row]! * score;
    scores[row] = sigmoid(score) - labels[row]!;
  }
  return loss;
}

function softmaxErrors(scores: Float64Array, labels: ArrayLike<number>, classes: number): number {
  let loss = 0;
  for (let row = 0; row < labels.length; row++) {
    const truth = row * classes + labels[row]!;
    const score = scores[truth]!;
    loss += softmaxRow(scores, row * classes, classes) - score;
    scores[truth]! -= 1;
  }
  return loss;
}

function addGradient(
  { rows, columns, data }: FeatureMatrix,
  errors: Float64Array,
  outputs: number,
  scale: number,
  gradient: Float64Array,
): void {
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    for (let output = 0; output < outputs; output++) {
      const error = scale * errors[row * outputs + output]!;
      const start = output * columns;
      for (let column = 0; column < columns; column++) {
        gradient[start + column]! += error * data[from + column]!;
      }
      gradient[outputs * columns + output]! += error;
    }
  }
}

/** One score as that of the second of two classes, the first one's being 0: their softmax is its sigmoid. */
function againstZero(point: Float64Array): Float64Array {
  const columns = point.length - 1;
  const weights = new Float64Array(2 * point.length);
  weights.set(point.subarray(0, columns), columns);
  weights[2 * columns + 1] = point[columns]!;
  return weights;
}

function probabilities(features: FeatureMatrix, weights: Float64Array, outputs: number): Float32Array {
  if (outputs > 1) return linearShares(features, weights, outputs);
  const scores = new Float64Array(features.rows);
  linearScores(features, weights, 1, scores);
  return Float32Array.from({ length: 2 * features.rows }, (_, at) =>
    sigmoid(at % 2 === 1 ? scores[at >> 1]! : -scores[at >> 1]!),
  );
}

function sigmoid(score: number): number {
  return score >= 0 ? 1 / (1 + Math.exp(-score)) : Math.exp(score) / (1 + Math.exp(score));
}

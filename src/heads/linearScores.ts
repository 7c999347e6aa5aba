import type { FeatureMatrix, LinearForm } from "./featureMatrix.ts";

/**
 * Writes row times column sums, features x weights + bias.
 *
 * @param weights - [outputs, columns], then one bias an output.
 * @param into - [rows, outputs].
 */
export function linearScores(
  { rows, columns, data }: FeatureMatrix,
  weights: Float64Array,
  outputs: number,
  into: Float64Array,
): void {
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    for (let output = 0; output < outputs; output++) {
      const start = output * columns;
      let sum = weights[outputs * columns + output]!;
      for (let column = 0; column < columns; column++) sum += data[from + column]! * weights[start + column]!;
      into[row * outputs + output] = sum;
    }
  }
}

/** Weights as `linearScores` has them, one output a class, in two parts. */
export function linearForm(weights: Float64Array, classes: number): LinearForm {
  const biasesAt = weights.length - classes;
  return { weights: weights.subarray(0, biasesAt), biases: weights.subarray(biasesAt) };
}

/** Softmax of `linearScores`, [rows, classes]. */
export function linearShares(features: FeatureMatrix, weights: Float64Array, classes: number): Float32Array {
  const scores = new Float64Array(features.rows * classes);
  linearScores(features, weights, classes, scores);
  for (let row = 0; row < features.rows; row++) softmaxRow(scores, row * classes, classes);
  return Float32Array.from(scores);
}

/** Turns each row of scores into probabilities that add up to 1, in place. @returns The scores' logarithm of the sum of exponentials. */
export function softmaxRow(scores: Float64Array, start: number, count: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let at = start; at < start + count; at++) most = Math.max(most, scores[at]!);
  let sum = 0;
  for (let at = start; at < start + count; at++) {
    scores[at] = Math.exp(scores[at]! - most);
    sum += scores[at]!;
  }
  for (let at = start; at < start + count; at++) scores[at]! /= sum;
  return most + Math.log(sum);
}

import type { Predictions } from "./probabilities.ts";

/** One number by which all logits are divided, so that confidence is as high as accuracy; answers stay the same. */
export interface Temperature {
  readonly temperature: number;
  /** Images it was fitted on. */
  readonly samples: number;
  /** Mean cross-entropy of them, in nats, as they are and with the temperature. */
  readonly lossBefore: number;
  readonly lossAfter: number;
}

const lowest = 0.05;
const highest = 20;

/** The smallest probability whose logarithm is taken: float32's softmax gives 0 below it. */
const smallest = 1e-38;

/**
 * Temperature scaling (Guo et al. 2017): the temperature with the least cross-entropy on held-out samples. The loss is convex in its
 * inverse; the root of its slope is found by halving.
 *
 * @returns undefined where there is no least loss within 0.05 to 20: all answers are right (any sharpening would help), or the
 *   probabilities say nothing.
 */
export function fitTemperature(predictions: Predictions, labels: ArrayLike<number>): Temperature | undefined {
  const logs = logProbabilities(predictions);
  let [low, high] = [1 / highest, 1 / lowest];
  if (slope(logs, labels, low) >= 0 || slope(logs, labels, high) <= 0) return undefined;
  while (high - low > 1e-12 * high) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (slope(logs, labels, middle) < 0) low = middle;
    else high = middle;
  }
  const inverse = (low + high) / 2;
  return {
    temperature: 1 / inverse,
    samples: predictions.samples,
    lossBefore: lossAt(logs, labels, 1),
    lossAfter: lossAt(logs, labels, inverse),
  };
}

/** Probabilities with their logits divided by a temperature, [n, classes]. */
export function withTemperature(predictions: Predictions, temperature: number): Float32Array {
  const { samples, classes } = predictions;
  const scaled = new Float32Array(samples * classes);
  const row = new Float64Array(classes);
  for (let sample = 0; sample < samples; sample++) {
    for (let label = 0; label < classes; label++) row[label] = logOf(predictions.probability(sample, label));
    scaled.set(softmax(row, 1 / temperature), sample * classes);
  }
  return scaled;
}

function logProbabilities(predictions: Predictions): readonly Float64Array[] {
  const { samples, classes } = predictions;
  return Array.from({ length: samples }, (_, sample) =>
    Float64Array.from({ length: classes }, (_, label) => logOf(predictions.probability(sample, label))),
  );
}

function logOf(probability: number): number {
  return Math.log(Math.max(probability, smallest));
}

function softmax(row: Float64Array, inverse: number): Float64Array {
  let [top, sum] = [Number.NEGATIVE_INFINITY, 0];
  for (let at = 0; at < row.length; at++) top = Math.max(top, row[at]! * inverse);
  const powers = new Float64Array(row.length);
  for (let at = 0; at < row.length; at++) sum += powers[at] = Math.exp(row[at]! * inverse - top);
  for (let at = 0; at < row.length; at++) powers[at]! /= sum;
  return powers;
}

/** Of the mean cross-entropy, by the inverse temperature: the expected logit minus that of the truth. */
function slope(logs: readonly Float64Array[], labels: ArrayLike<number>, inverse: number): number {
  let sum = 0;
  for (const [sample, row] of logs.entries()) {
    const shares = softmax(row, inverse);
    sum -= row[labels[sample]!]!;
    for (let label = 0; label < row.length; label++) sum += shares[label]! * row[label]!;
  }
  return sum / logs.length;
}

function lossAt(logs: readonly Float64Array[], labels: ArrayLike<number>, inverse: number): number {
  const total = logs.reduce((sum, row, sample) => {
    const top = row.reduce((a, b) => Math.max(a, b)) * inverse;
    const power = row.reduce((all, value) => all + Math.exp(value * inverse - top), 0);
    return sum + top + Math.log(power) - row[labels[sample]!]! * inverse;
  }, 0);
  return total / logs.length;
}

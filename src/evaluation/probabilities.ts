import { PermafrostError } from "../base/errors.ts";

/** Predictions of n samples, checked, in one form for one-column (sigmoid) and k-column (softmax) outputs. */
export interface Predictions {
  readonly samples: number;
  readonly classes: number;
  /** The class with the highest probability; the first of equal ones. One column: class 1 if above 0.5, strictly. */
  predicted(sample: number): number;
  /** Probability of one class. */
  probability(sample: number, label: number): number;
}

/**
 * @param probabilities - [n, k] row by row, or [n] probabilities of class 1 for two classes.
 * @param labels - The true class of each sample; their number is n.
 * @throws PermafrostError SHAPE_MISMATCH when the numbers do not fit; INVALID_ARGUMENT for a label out of range or a
 *   probability that is not a finite number.
 */
export function readPredictions(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classNames: readonly string[],
): Predictions {
  const samples = labels.length;
  const classes = classNames.length;
  const columns = probabilities.length / samples;
  if (samples === 0) {
    throw new PermafrostError("DATA_EMPTY", "scores: there is no sample to score.");
  }
  if (columns !== classes && !(columns === 1 && classes === 2)) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `scores: expected ${samples * classes} probabilities for ${samples} samples and ${classes} classes` +
        `${classes === 2 ? ` (or ${samples}, one a sample)` : ""}, got ${probabilities.length}.`,
    );
  }
  checkNumbers(probabilities, columns, labels, classes);
  if (columns === 1) {
    const one = (sample: number) => probabilities[sample]!;
    return {
      samples,
      classes,
      predicted: (sample) => (one(sample) > 0.5 ? 1 : 0),
      probability: (sample, label) => (label === 1 ? one(sample) : 1 - one(sample)),
    };
  }
  return {
    samples,
    classes,
    predicted: (sample) => indexOfLargest(probabilities, sample * classes, classes),
    probability: (sample, label) => probabilities[sample * classes + label]!,
  };
}

function checkNumbers(
  probabilities: Float32Array,
  columns: number,
  labels: ArrayLike<number>,
  classes: number,
): void {
  const bad = probabilities.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `scores: the prediction of sample ${Math.floor(bad / columns)} is ${probabilities[bad]}, not a finite number. ` +
        "The weights may have diverged; train with a smaller learning rate.",
    );
  }
  for (let sample = 0; sample < labels.length; sample++) {
    const label = labels[sample]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `scores: sample ${sample}: expected a label from 0 to ${classes - 1}, got ${label}.`,
    );
  }
}

function indexOfLargest(values: Float32Array, start: number, count: number): number {
  let best = 0;
  for (let index = 1; index < count; index++) {
    if (values[start + index]! > values[start + best]!) best = index;
  }
  return best;
}

/** Keras's epsilon: keeps the logarithm finite. */
const epsilon = 1e-7;

/** Cross-entropy of one sample in nats, the probability clipped as Keras does. */
export function crossEntropy(probability: number): number {
  return -Math.log(Math.min(Math.max(probability, epsilon), 1 - epsilon));
}

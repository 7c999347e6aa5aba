import { PermafrostError } from "../base/errors.ts";
import { type Interval, wilsonInterval } from "./interval.ts";
import { crossEntropy, type Predictions, readPredictions } from "./probabilities.ts";

/** How well one class is told from the others. Undefined ratios (0/0) are 0. */
export interface ClassScores {
  readonly className: string;
  /** Of the samples called this class, the share that is. */
  readonly precision: number;
  /** Of the samples of this class, the share that was found. */
  readonly recall: number;
  /** Harmonic mean of the two. */
  readonly f1: number;
  /** Samples of this class (their weights' sum where samples are weighted). */
  readonly support: number;
}

interface AverageScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** How good predictions are; plain data, as it is printed, reported and saved. */
export interface ClassificationScores {
  readonly samples: number;
  /** Mean cross-entropy of the true class, in nats. */
  readonly loss: number;
  readonly accuracy: number;
  /** 95 % Wilson interval of the accuracy. */
  readonly accuracyInterval: Interval;
  readonly perClass: readonly ClassScores[];
  /** Every class counts the same. */
  readonly macro: AverageScores;
  /** `confusion[true][predicted]`. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Scores as scikit-learn computes them (`zero_division=0`); predictions as Keras makes them (strictly above 0.5, first of equals).
 *
 * @param probabilities - [n, k] row by row, or [n] probabilities of class 1 where there are two classes.
 * @param labels - The true class of each sample, 0 to k - 1.
 * @param weights - One a sample (scikit-learn's `sample_weight`); all numbers but `samples` are then weighted, and the interval
 *   takes the effective number of samples, sum(w)^2 / sum(w^2) (Kish 1965).
 * @throws PermafrostError DATA_EMPTY without samples; SHAPE_MISMATCH or INVALID_ARGUMENT when the arguments do not fit each other.
 */
export function classificationScores(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classNames: readonly string[],
  weights?: ArrayLike<number>,
): ClassificationScores {
  const predictions = readPredictions(probabilities, labels, classNames);
  const total = totalWeight(predictions.samples, weights);
  const confusion = classNames.map(() => new Array<number>(classNames.length).fill(0));
  let loss = 0;
  for (let sample = 0; sample < predictions.samples; sample++) {
    const weight = weights?.[sample] ?? 1;
    const label = labels[sample]!;
    confusion[label]![predictions.predicted(sample)]! += weight;
    loss += weight * crossEntropy(predictions.probability(sample, label));
  }
  const right = confusion.reduce((sum, row, label) => sum + row[label]!, 0);
  const accuracy = right / total.sum;
  const perClass = classNames.map((className, label) => scoresOfClass(confusion, label, className));
  return {
    samples: predictions.samples,
    loss: loss / total.sum,
    accuracy,
    accuracyInterval:
      weights === undefined
        ? wilsonInterval(right, predictions.samples)
        : wilsonInterval(Math.min(accuracy, 1) * total.effective, total.effective),
    perClass,
    macro: {
      precision: mean(perClass.map(({ precision }) => precision)),
      recall: mean(perClass.map(({ recall }) => recall)),
      f1: mean(perClass.map(({ f1 }) => f1)),
    },
    confusion,
  };
}

function scoresOfClass(
  confusion: readonly (readonly number[])[],
  label: number,
  className: string,
): ClassScores {
  const hits = confusion[label]![label]!;
  const called = confusion.reduce((sum, row) => sum + row[label]!, 0);
  const support = confusion[label]!.reduce((sum, count) => sum + count, 0);
  return {
    className,
    precision: ratio(hits, called),
    recall: ratio(hits, support),
    f1: ratio(2 * hits, called + support),
    support,
  };
}

/** The accuracy of always naming the most frequent class: what any classifier has to beat. */
export function majorityAccuracy(scores: ClassificationScores): number {
  const supports = scores.perClass.map(({ support }) => support);
  return ratio(
    Math.max(...supports),
    supports.reduce((sum, support) => sum + support, 0),
  );
}

/** One judged sample, as lists of mistakes show it. */
export interface SampleLoss {
  /** Which sample it is. */
  readonly sample: number;
  readonly label: number;
  readonly predicted: number;
  /** Probability given to the predicted class. */
  readonly probability: number;
  /** Probability given to the true class. */
  readonly trueProbability: number;
  readonly loss: number;
}

/**
 * The samples with the highest losses, worst first; equal ones in their order.
 *
 * @param options.mistakesOnly - Leave out samples that were predicted right. Default false.
 */
export function topLosses(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classNames: readonly string[],
  count: number,
  options: { readonly mistakesOnly?: boolean } = {},
): SampleLoss[] {
  const predictions = readPredictions(probabilities, labels, classNames);
  return Array.from({ length: predictions.samples }, (_, sample) =>
    judge(predictions, sample, labels[sample]!),
  )
    .filter(({ label, predicted }) => options.mistakesOnly !== true || label !== predicted)
    .sort((a, b) => b.loss - a.loss || a.trueProbability - b.trueProbability || a.sample - b.sample)
    .slice(0, count);
}

function judge(predictions: Predictions, sample: number, label: number): SampleLoss {
  const predicted = predictions.predicted(sample);
  const trueProbability = predictions.probability(sample, label);
  return {
    sample,
    label,
    predicted,
    probability: predictions.probability(sample, predicted),
    trueProbability,
    loss: crossEntropy(trueProbability),
  };
}

function totalWeight(samples: number, weights?: ArrayLike<number>): { sum: number; effective: number } {
  if (weights === undefined) return { sum: samples, effective: samples };
  if (weights.length !== samples) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `scores: expected ${samples} weights, one a sample, got ${weights.length}.`,
    );
  }
  let sum = 0;
  let squares = 0;
  for (let sample = 0; sample < samples; sample++) {
    const weight = weights[sample]!;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `scores: sample ${sample}: expected a weight of at least 0, got ${weight}.`,
      );
    }
    sum += weight;
    squares += weight * weight;
  }
  if (sum === 0) throw new PermafrostError("INVALID_ARGUMENT", "scores: all weights are 0.");
  return { sum, effective: (sum * sum) / squares };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

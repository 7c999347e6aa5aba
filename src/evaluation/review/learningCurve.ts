import { Random } from "../../base/random.ts";
import { type FeatureMatrix, rowsOf, standardizer } from "../../heads/featureMatrix.ts";
import { logisticRegression } from "../../heads/logisticRegression.ts";
import type { Interval } from "../interval.ts";
import { mostIterations } from "./outOfFold.ts";

/** Weight of the training error: what classifies best on features of pretrained networks. */
const usualC = 0.03;

/** Accuracy with so many training images. */
export interface LearningPoint {
  readonly images: number;
  /** Mean over the seeds, each with its own choice of images. */
  readonly accuracy: number;
  /** The lowest and the highest seed. */
  readonly range: Interval;
}

/** Whether more photos would help. */
export interface LearningCurve {
  readonly points: readonly LearningPoint[];
  /** Images that accuracy was measured on. */
  readonly judged: number;
  /** What the last doubling of the images gave: mean, and 95 % interval by the images that were judged. */
  readonly lastDoubling: {
    readonly from: number;
    readonly to: number;
    readonly gain: number;
    readonly interval: Interval;
  };
  /** By a power law through the points: the accuracy with twice as many images as there are. */
  readonly atTwice: number;
}

export interface LearningCurveOptions {
  /** Default 8. */
  readonly sizes?: number;
  /** Default 5. */
  readonly seeds?: number;
  /** Called after each fit, which may take seconds; may refuse to go on by throwing. */
  readonly onFit?: (done: number, total: number) => void | Promise<void>;
}

interface LabelledRows {
  readonly features: FeatureMatrix;
  readonly labels: ArrayLike<number>;
}

/**
 * Accuracy against the number of training images: logistic regression on the stored features of ever more of them, judged on the same
 * held-out images. Nothing of the base is computed.
 *
 * @returns undefined where there are too few images for a curve: fewer than four a class to train on, or ten to judge.
 */
export async function learningCurve(
  train: LabelledRows,
  judged: LabelledRows,
  classes: number,
  { sizes = 8, seeds = 5, onFit }: LearningCurveOptions = {},
): Promise<LearningCurve | undefined> {
  const all = train.features.rows;
  if (all < 4 * classes || judged.features.rows < 10) return undefined;
  const counts = sizesUpTo(all, classes, sizes);
  const fits = counts.flatMap((count) =>
    (count === all ? [0] : [...Array(seeds).keys()]).map((seed) => ({ count, seed })),
  );
  const answers = new Map<number, Uint8Array[]>();
  for (const [done, { count, seed }] of fits.entries()) {
    const right = rightAnswers(train, judged, classes, chosenRows(train.labels, count, seed));
    answers.set(count, [...(answers.get(count) ?? []), right]);
    await onFit?.(done + 1, fits.length);
  }
  // All images are the same choice for every seed.
  const right = counts.map((count) => {
    const known = answers.get(count)!;
    return count === all ? Array.from({ length: seeds }, () => known[0]!) : known;
  });
  const points = counts.map((images, size): LearningPoint => {
    const accuracies = right[size]!.map(meanOf);
    return {
      images,
      accuracy: meanOf(accuracies),
      range: [Math.min(...accuracies), Math.max(...accuracies)],
    };
  });
  return {
    points,
    judged: judged.features.rows,
    lastDoubling: doubling(counts, right),
    atTwice: extrapolated(points, 2 * all),
  };
}

/** From two images a class up by equal factors; the last but one is half of all. */
function sizesUpTo(all: number, classes: number, sizes: number): number[] {
  const half = Math.floor(all / 2);
  const first = Math.min(Math.max(2 * classes, 10), half);
  const factor = (half / first) ** (1 / Math.max(1, sizes - 2));
  const counts = Array.from({ length: sizes - 1 }, (_, index) => Math.round(first * factor ** index));
  return [...new Set([...counts, all])];
}

/** As many of each class as it has a share of all; one at least. Larger choices hold the smaller ones of the same seed. */
function chosenRows(labels: ArrayLike<number>, count: number, seed: number): number[] {
  const byClass = new Map<number, number[]>();
  for (const row of new Random(seed, "learning curve", labels.length).permutation(labels.length)) {
    const rows = byClass.get(labels[row]!) ?? [];
    rows.push(row);
    byClass.set(labels[row]!, rows);
  }
  const share = count / labels.length;
  return [...byClass.values()].flatMap((rows) => rows.slice(0, Math.max(1, Math.round(rows.length * share))));
}

/** 1 for each judged image that is named rightly. */
function rightAnswers(
  train: LabelledRows,
  judged: LabelledRows,
  classes: number,
  rows: readonly number[],
): Uint8Array {
  const chosen = rowsOf(train.features, rows);
  const standardize = standardizer(chosen);
  const labels = rows.map((row) => train.labels[row]!);
  const head = logisticRegression(standardize(chosen), labels, classes, {
    c: usualC,
    iterations: mostIterations,
    tolerance: 1e-4,
  });
  const probabilities = head.predict(standardize(judged.features));
  return Uint8Array.from({ length: judged.features.rows }, (_, row) => {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    return Number(own.indexOf(own.reduce((a, b) => Math.max(a, b))) === judged.labels[row]);
  });
}

/** The mean gain of each judged image over the seeds; its spread over the images says how sure it is. */
function doubling(
  counts: readonly number[],
  right: readonly (readonly Uint8Array[])[],
): LearningCurve["lastDoubling"] {
  const [before, after] = [right.at(-2)!, right.at(-1)!];
  const gains = Float64Array.from(before[0]!, (_, image) =>
    meanOf(after.map((answers, seed) => answers[image]! - before[seed]![image]!)),
  );
  const gain = meanOf(gains);
  const squares = gains.reduce((sum, each) => sum + (each - gain) ** 2, 0);
  const error = Math.sqrt(squares / (gains.length - 1) / gains.length);
  return {
    from: counts.at(-2)!,
    to: counts.at(-1)!,
    gain,
    interval: [gain - 1.96 * error, gain + 1.96 * error],
  };
}

/** Error = floor + scale * images^-power (Cortes et al. 1994): the powers from 0.05 to 1 and floors from 0 on are tried, the rest solved. */
function extrapolated(points: readonly LearningPoint[], images: number): number {
  let best = { miss: Number.POSITIVE_INFINITY, error: 0 };
  for (let power = 0.05; power <= 1.0001; power += 0.05) {
    const shapes = points.map((point) => point.images ** -power);
    const errors = points.map(({ accuracy }) => 1 - accuracy);
    const { scale, floor } = line(shapes, errors);
    const miss = shapes.reduce((sum, shape, at) => sum + (floor + scale * shape - errors[at]!) ** 2, 0);
    if (miss < best.miss) best = { miss, error: floor + scale * images ** -power };
  }
  return 1 - Math.min(1, Math.max(0, best.error));
}

/** Least squares through the points, the floor 0 at least. */
function line(
  shapes: readonly number[],
  errors: readonly number[],
): { readonly scale: number; readonly floor: number } {
  const [x, y] = [meanOf(shapes), meanOf(errors)];
  const xy = shapes.reduce((sum, shape, at) => sum + (shape - x) * (errors[at]! - y), 0);
  const xx = shapes.reduce((sum, shape) => sum + (shape - x) ** 2, 0);
  const scale = Math.max(0, xy / xx);
  if (y - scale * x >= 0) return { scale, floor: y - scale * x };
  const through = shapes.reduce((sum, shape, at) => sum + shape * errors[at]!, 0);
  return { scale: through / shapes.reduce((sum, shape) => sum + shape * shape, 0), floor: 0 };
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  return sum / values.length;
}

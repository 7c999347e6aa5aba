import type { Decisions } from "./ranking.ts";

/** How decisions change with the threshold that a score must reach; thresholds fall. */
export interface RocCurve {
  /** Share of the samples without the label that are called it. */
  readonly falsePositiveRate: readonly number[];
  /** Share of the samples with the label that are found. */
  readonly truePositiveRate: readonly number[];
  /** A score at or above it is called the label; the first is infinite: nothing is. */
  readonly thresholds: readonly number[];
}

export interface PrecisionRecallCurve {
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  /** Rising, one fewer than points: the last point (precision 1, recall 0) belongs to none. */
  readonly thresholds: readonly number[];
}

/**
 * As scikit-learn's `roc_curve(drop_intermediate=False)`.
 *
 * @returns undefined where all samples have the label, or none has it.
 */
export function rocCurve(decisions: Decisions): RocCurve | undefined {
  const { thresholds, hits, falseAlarms, positives, negatives } = decisions;
  if (positives === 0 || negatives === 0) return undefined;
  return {
    falsePositiveRate: [0, ...Array.from(falseAlarms, (each) => each / negatives)],
    truePositiveRate: [0, ...Array.from(hits, (each) => each / positives)],
    thresholds: [Number.POSITIVE_INFINITY, ...thresholds],
  };
}

/**
 * As scikit-learn's `precision_recall_curve`.
 *
 * @returns undefined where no sample has the label.
 */
export function precisionRecallCurve(decisions: Decisions): PrecisionRecallCurve | undefined {
  const { thresholds, hits, falseAlarms, positives } = decisions;
  if (positives === 0) return undefined;
  const precision = Array.from(hits, (found, at) => found / (found + falseAlarms[at]!));
  return {
    precision: [...precision.reverse(), 1],
    recall: [...Array.from(hits, (found) => found / positives).reverse(), 0],
    thresholds: [...thresholds].reverse(),
  };
}

/** At most so many points of a curve, evenly by their place, with both ends: enough to draw it. */
export function thinned<Point>(points: readonly Point[], most = 200): readonly Point[] {
  if (points.length <= most) return points;
  return Array.from(
    { length: most },
    (_, index) => points[Math.round((index * (points.length - 1)) / (most - 1))]!,
  );
}

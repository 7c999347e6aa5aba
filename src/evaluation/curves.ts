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

/** What is called the label from each distinct score on, scores falling. */
export interface Decisions {
  readonly threshold: number;
  readonly hits: number;
  readonly falseAlarms: number;
}

/** @param targets - 0 or 1. */
export function decisionsByThreshold(scores: ArrayLike<number>, targets: ArrayLike<number>): Decisions[] {
  const order = Array.from({ length: scores.length }, (_, row) => row).sort(
    (a, b) => scores[b]! - scores[a]!,
  );
  const found: Decisions[] = [];
  let [hits, falseAlarms] = [0, 0];
  for (const [place, row] of order.entries()) {
    if (targets[row] === 1) hits++;
    else falseAlarms++;
    const next = order[place + 1];
    if (next === undefined || scores[next] !== scores[row]) {
      found.push({ threshold: scores[row]!, hits, falseAlarms });
    }
  }
  return found;
}

/**
 * As scikit-learn's `roc_curve(drop_intermediate=False)`.
 *
 * @param targets - 0 or 1.
 * @returns undefined where all targets are the same.
 */
export function rocCurve(scores: ArrayLike<number>, targets: ArrayLike<number>): RocCurve | undefined {
  const decisions = decisionsByThreshold(scores, targets);
  const { hits = 0, falseAlarms = 0 } = decisions.at(-1) ?? {};
  if (hits === 0 || falseAlarms === 0) return undefined;
  return {
    falsePositiveRate: [0, ...decisions.map((each) => each.falseAlarms / falseAlarms)],
    truePositiveRate: [0, ...decisions.map((each) => each.hits / hits)],
    thresholds: [Number.POSITIVE_INFINITY, ...decisions.map(({ threshold }) => threshold)],
  };
}

/**
 * As scikit-learn's `precision_recall_curve`.
 *
 * @param targets - 0 or 1.
 * @returns undefined where no target is 1.
 */
export function precisionRecallCurve(
  scores: ArrayLike<number>,
  targets: ArrayLike<number>,
): PrecisionRecallCurve | undefined {
  const decisions = decisionsByThreshold(scores, targets).reverse();
  const hits = decisions[0]?.hits ?? 0;
  if (hits === 0) return undefined;
  return {
    precision: [...decisions.map((each) => each.hits / (each.hits + each.falseAlarms)), 1],
    recall: [...decisions.map((each) => each.hits / hits), 0],
    thresholds: decisions.map(({ threshold }) => threshold),
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

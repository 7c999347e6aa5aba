/** Samples by falling score; of equal scores the first sample goes first. */
export interface Ranking {
  /** The sample at each place. */
  readonly rows: Uint32Array;
  /** The score at each place. */
  readonly scores: Float64Array;
  /** 1 where the sample at the place has the label. */
  readonly targets: Uint8Array;
}

/** What is called the label from each distinct score on, scores falling. */
export interface Decisions {
  readonly thresholds: Float64Array;
  /** Samples with the label that have such a score or a higher one. */
  readonly hits: Uint32Array;
  /** The same for samples without the label. */
  readonly falseAlarms: Uint32Array;
  /** Samples with and without the label. */
  readonly positives: number;
  readonly negatives: number;
}

/** @param targets - 0 or 1. */
export function rankScores(scores: ArrayLike<number>, targets: ArrayLike<number>): Ranking {
  const values = Float64Array.from(scores);
  const rows = rowsByFalling(values);
  const ranking = { rows, scores: new Float64Array(rows.length), targets: new Uint8Array(rows.length) };
  for (let place = 0; place < rows.length; place++) {
    ranking.scores[place] = values[rows[place]!]!;
    ranking.targets[place] = targets[rows[place]!]!;
  }
  return ranking;
}

/** Sorting numbers is ten times faster than sorting rows by them: rows of equal scores are given out in their order. */
function rowsByFalling(values: Float64Array): Uint32Array {
  const sorted = values.map((value) => -value).sort();
  const next = new Map<number, number>();
  for (let place = sorted.length - 1; place >= 0; place--) next.set(sorted[place]!, place);
  const rows = new Uint32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const key = -values[row]!;
    const place = next.get(key)!;
    rows[place] = row;
    next.set(key, place + 1);
  }
  return rows;
}

export function decisionsOf({ scores, targets }: Ranking): Decisions {
  const [thresholds, hits, falseAlarms] = [
    new Float64Array(scores.length),
    new Uint32Array(scores.length),
    new Uint32Array(scores.length),
  ];
  let [count, positives, negatives] = [0, 0, 0];
  for (let place = 0; place < scores.length; place++) {
    if (targets[place] === 1) positives++;
    else negatives++;
    if (scores[place + 1] === scores[place]) continue;
    thresholds[count] = scores[place]!;
    hits[count] = positives;
    falseAlarms[count] = negatives;
    count++;
  }
  return {
    thresholds: thresholds.subarray(0, count),
    hits: hits.subarray(0, count),
    falseAlarms: falseAlarms.subarray(0, count),
    positives,
    negatives,
  };
}

/**
 * The sum over the ranks of precision times the rise of recall (scikit-learn's `average_precision_score`).
 *
 * @returns null where no sample has the label, or all have it: then it is 1 in any order, which says nothing.
 */
export function averagePrecision({ hits, falseAlarms, positives, negatives }: Decisions): number | null {
  if (positives === 0 || negatives === 0) return null;
  let [area, before] = [0, 0];
  for (const [at, found] of hits.entries()) {
    area += ((found - before) / positives) * (found / (found + falseAlarms[at]!));
    before = found;
  }
  return area;
}

/**
 * The share of pairs of a sample with and one without the label in which the first has the higher score, ties counting half: the
 * area under the ROC curve (Mann and Whitney 1947).
 *
 * @returns null where all samples have the label, or none has it.
 */
export function areaUnderRoc({ hits, falseAlarms, positives, negatives }: Decisions): number | null {
  if (positives === 0 || negatives === 0) return null;
  let [pairs, hitsBefore, alarmsBefore] = [0, 0, 0];
  for (const [at, found] of hits.entries()) {
    pairs += (falseAlarms[at]! - alarmsBefore) * ((found + hitsBefore) / 2);
    [hitsBefore, alarmsBefore] = [found, falseAlarms[at]!];
  }
  return pairs / (positives * negatives);
}

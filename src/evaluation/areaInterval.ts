import { type Interval, z95 } from "./interval.ts";

/**
 * 95 % interval of an area under the ROC curve by DeLong's variance (DeLong, DeLong and Clarke-Pearson 1988, in the fast form of Sun
 * and Xu 2014), on the logit scale so that it stays within 0 and 1 (Qin and Hotilovac 2008).
 *
 * @param targets - 0 or 1.
 * @returns undefined where one of the two kinds has fewer than two samples, or where they are told apart without an error: then the
 *   variance says nothing.
 */
export function areaInterval(scores: ArrayLike<number>, targets: ArrayLike<number>): Interval | undefined {
  const variance = areaVariance(scores, targets);
  if (variance === undefined) return undefined;
  const { area, variance: spread } = variance;
  if (!(spread > 0) || area <= 0 || area >= 1) return undefined;
  const logit = Math.log(area / (1 - area));
  const width = (z95 * Math.sqrt(spread)) / (area * (1 - area));
  const back = (value: number) => 1 / (1 + Math.exp(-value));
  return [back(logit - width), back(logit + width)];
}

/** The area, and DeLong's variance of it; undefined with fewer than two samples of a kind. */
export function areaVariance(
  scores: ArrayLike<number>,
  targets: ArrayLike<number>,
): { readonly area: number; readonly variance: number } | undefined {
  const rows = Array.from({ length: scores.length }, (_, row) => row);
  const positives = rows.filter((row) => targets[row] === 1);
  const negatives = rows.filter((row) => targets[row] !== 1);
  const [m, n] = [positives.length, negatives.length];
  if (m < 2 || n < 2) return undefined;
  const all = midranks(rows.map((row) => scores[row]!));
  const ofPositives = midranks(positives.map((row) => scores[row]!));
  const ofNegatives = midranks(negatives.map((row) => scores[row]!));
  const higher = positives.map((row, index) => (all[row]! - ofPositives[index]!) / n);
  const lower = negatives.map((row, index) => 1 - (all[row]! - ofNegatives[index]!) / m);
  const area = mean(higher);
  return { area, variance: variance(higher) / m + variance(lower) / n };
}

/** Ranks from 1 up, equal values sharing the mean of theirs. */
function midranks(values: readonly number[]): Float64Array {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let place = start; place < end; place++) ranks[order[place]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}

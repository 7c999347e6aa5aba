import { type Interval, z95 } from "./interval.ts";
import type { Decisions } from "./ranking.ts";

/**
 * 95 % interval of an area under the ROC curve by DeLong's variance (DeLong, DeLong and Clarke-Pearson 1988), on the logit scale so
 * that it stays within 0 and 1 (Qin and Hotilovac 2008).
 *
 * @returns undefined where one of the two kinds has fewer than two samples, or where they are told apart without an error: then the
 *   variance says nothing.
 */
export function areaInterval(decisions: Decisions): Interval | undefined {
  const variance = areaVariance(decisions);
  if (variance === undefined) return undefined;
  const { area, variance: spread } = variance;
  if (!(spread > 0) || area <= 0 || area >= 1) return undefined;
  const logit = Math.log(area / (1 - area));
  const width = (z95 * Math.sqrt(spread)) / (area * (1 - area));
  const back = (value: number) => 1 / (1 + Math.exp(-value));
  return [back(logit - width), back(logit + width)];
}

/**
 * The area, and DeLong's variance of it: of the share of the others that each sample with the label is above, and of the share of those
 * with it that each other one is below, ties counting half. Samples of the same score have the same shares, so one walk over the distinct
 * scores is enough.
 *
 * @returns undefined with fewer than two samples of a kind.
 */
export function areaVariance(
  decisions: Decisions,
): { readonly area: number; readonly variance: number } | undefined {
  const { hits, falseAlarms, positives, negatives } = decisions;
  if (positives < 2 || negatives < 2) return undefined;
  const [above, below] = [new Spread(), new Spread()];
  let [hitsBefore, alarmsBefore] = [0, 0];
  for (const [at, found] of hits.entries()) {
    const alarms = falseAlarms[at]!;
    above.add(1 - (alarms + alarmsBefore) / 2 / negatives, found - hitsBefore);
    below.add((found + hitsBefore) / 2 / positives, alarms - alarmsBefore);
    [hitsBefore, alarmsBefore] = [found, alarms];
  }
  return {
    area: above.mean,
    variance: above.variance() / positives + below.variance() / negatives,
  };
}

/** Mean and variance of values that come several at once (West 1979). */
class Spread {
  mean = 0;
  #count = 0;
  #squares = 0;

  add(value: number, times: number): void {
    if (times === 0) return;
    this.#count += times;
    const away = value - this.mean;
    this.mean += (away * times) / this.#count;
    this.#squares += times * away * (value - this.mean);
  }

  variance(): number {
    return this.#squares / (this.#count - 1);
  }
}

/** What a rate test has measured: the loss at each rate, rates rising. */
export interface RateCurve {
  readonly rates: readonly number[];
  /** Of the step that was then made with this rate. */
  readonly losses: readonly number[];
  /** The losses without the noise of single batches. */
  readonly smoothed: readonly number[];
  /** Where the smoothed loss falls fastest over the logarithm of the rate; undefined: it never falls. */
  readonly suggestion: number | undefined;
}

/** The fall that counts as one, in parts of the loss: less is noise. */
const leastFall = 0.02;

/** @param losses - Finite, one for each rate. */
export function rateCurve(rates: readonly number[], losses: readonly number[]): RateCurve {
  const smoothed = smooth(losses, Math.max(1, losses.length / 25));
  const lowest = smoothed.indexOf(Math.min(...smoothed));
  const steepest = steepestFall(smoothed, lowest);
  const falls = losses.length > 0 && smoothed[0]! - smoothed[lowest]! > leastFall * Math.abs(smoothed[0]!);
  return { rates, losses, smoothed, suggestion: falls ? rates[steepest] : undefined };
}

/**
 * Means over neighbours on both sides, weighted by a bell curve, so that nothing is shifted (a running mean would shift the
 * curve towards larger rates, and with it the suggestion).
 */
function smooth(values: readonly number[], width: number): readonly number[] {
  const reach = Math.ceil(3 * width);
  return values.map((_, at) => {
    let sum = 0;
    let weights = 0;
    for (let i = Math.max(0, at - reach); i <= Math.min(values.length - 1, at + reach); i++) {
      const weight = Math.exp(-0.5 * ((i - at) / width) ** 2);
      sum += weight * values[i]!;
      weights += weight;
    }
    return sum / weights;
  });
}

/** The place before `end` where values fall most from neighbour to neighbour. */
function steepestFall(values: readonly number[], end: number): number {
  const slopes = values
    .slice(0, end)
    .map((_, at) => (values[at + 1]! - values[Math.max(0, at - 1)]!) / (at === 0 ? 1 : 2));
  return slopes.length === 0 ? 0 : slopes.indexOf(Math.min(...slopes));
}

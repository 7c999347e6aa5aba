import type { Interval } from "./interval.ts";
import { resample } from "./statistics/bootstrap.ts";
import { percentileInterval } from "./statistics/bootstrapInterval.ts";

/**
 * 95 % percentile intervals of statistics over images drawn again with replacement (Efron 1979).
 *
 * @param samples - How many images there are.
 * @param statistics - Numbers of one set of images, given how often each is in it; NaN where a number does not exist for it.
 * @param options.rounds - Default 1000.
 * @returns One interval a number; undefined where it exists for fewer than half of the sets.
 */
export function resampledIntervals(
  samples: number,
  statistics: (counts: Uint16Array) => readonly number[],
  { rounds = 1000, seed = 0 }: { readonly rounds?: number; readonly seed?: number } = {},
): (Interval | undefined)[] {
  const counts = new Uint16Array(samples);
  const found: (readonly number[])[] = [];
  resample(
    samples,
    (indices) => {
      counts.fill(0);
      for (const index of indices) counts[index]! += 1;
      found.push(statistics(counts));
    },
    { resamples: rounds, seed },
  );
  return (found[0] ?? []).map((_, index) => {
    const values = Float64Array.from(found.map((each) => each[index]!).filter(Number.isFinite));
    return values.length * 2 < rounds ? undefined : percentileInterval(values);
  });
}

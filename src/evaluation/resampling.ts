import { Random } from "../base/random.ts";
import type { Interval } from "./interval.ts";

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
  const random = new Random(seed, "resampling", samples);
  const counts = new Uint16Array(samples);
  const found: (readonly number[])[] = [];
  for (let round = 0; round < rounds; round++) {
    counts.fill(0);
    for (let draw = 0; draw < samples; draw++) counts[random.integer(samples)]! += 1;
    found.push(statistics(counts));
  }
  return (found[0] ?? []).map((_, index) => {
    const values = Float64Array.from(found.map((each) => each[index]!).filter(Number.isFinite)).sort();
    return values.length * 2 < rounds ? undefined : [quantile(values, 0.025), quantile(values, 0.975)];
  });
}

/** Of sorted values, between two of them where it falls there (NumPy's default). */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below);
}

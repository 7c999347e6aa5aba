import type { Interval } from "./interval.ts";
import { resample } from "./statistics/bootstrap.ts";
import { percentileInterval } from "./statistics/bootstrapInterval.ts";

/** Numbers of one set of images, given how often each image is in it; NaN where a number does not exist for the set. */
export interface ResampledNumbers {
  readonly of: (counts: Uint16Array) => ArrayLike<number>;
  /** Of the first sets only; default: of all. */
  readonly rounds?: number;
}

export interface ResamplingRounds {
  /** Default 1000. */
  readonly rounds?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * 95 % percentile intervals of numbers over images drawn again with replacement (Efron 1979). Numbers that are asked for together see
 * the same sets, and drawing, which is half of the work, is done once.
 *
 * @param samples - How many images there are.
 * @returns For each part one interval a number; undefined where it exists for fewer than half of the sets, or is the same for all of them: a
 *   few images without a mistake do not say that there is none.
 */
export function resampledIntervals(
  samples: number,
  parts: readonly ResampledNumbers[],
  { rounds = 1000, seed = 0 }: ResamplingRounds = {},
): (Interval | undefined)[][] {
  const counts = new Uint16Array(samples);
  const found = parts.map((): ArrayLike<number>[] => []);
  const most = parts.map((part) => Math.min(rounds, part.rounds ?? rounds));
  resample(
    samples,
    (indices, round) => {
      counts.fill(0);
      for (let place = 0; place < samples; place++) counts[indices[place]!]! += 1;
      for (const [at, part] of parts.entries()) {
        if (round < most[at]!) found[at]!.push(part.of(counts));
      }
    },
    { resamples: Math.max(0, ...most), seed },
  );
  return found.map((sets) => intervalsOf(sets));
}

function intervalsOf(sets: readonly ArrayLike<number>[]): (Interval | undefined)[] {
  return Array.from(sets[0] ?? [], (_, index) => {
    const values = Float64Array.from(sets, (set) => set[index]!).filter(Number.isFinite);
    if (values.length * 2 < sets.length || values.every((value) => value === values[0])) return undefined;
    return percentileInterval(values);
  });
}

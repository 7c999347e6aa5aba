import { Random } from "../../base/random.ts";

export interface ResamplingOptions {
  /** Default 2,000. */
  readonly resamples?: number;
  /** Default 0. */
  readonly seed?: number;
}

export const usualResamples = 2000;

/**
 * Draws the samples anew, with replacement, again and again: the same draws for the same number of samples and seed, so that
 * statistics of several methods on the same images are drawn together.
 *
 * @param use - Given the indices of one draw, which are overwritten by the next, and its number.
 */
export function resample(
  samples: number,
  use: (indices: Uint32Array, draw: number) => void,
  { resamples = usualResamples, seed = 0 }: ResamplingOptions = {},
): void {
  const random = new Random(seed, "bootstrap", samples);
  const words = new Uint32Array(samples);
  const indices = new Uint32Array(samples);
  const scale = samples / 2 ** 32;
  for (let draw = 0; draw < resamples; draw++) {
    random.fill(words);
    // The remainder of 2^32 favours some samples by less than samples / 2^32: nothing that 2,000 draws could show.
    for (let place = 0; place < samples; place++) indices[place] = words[place]! * scale;
    use(indices, draw);
  }
}

/** A number that samples have, by their indices. */
export type Statistic = (indices: ArrayLike<number>) => number;

/** What each statistic is in every resample; all see the same draws. */
export function replicatesOf(
  samples: number,
  statistics: readonly Statistic[],
  options: ResamplingOptions = {},
): readonly Float64Array[] {
  const replicates = statistics.map(() => new Float64Array(options.resamples ?? usualResamples));
  resample(
    samples,
    (indices, draw) => {
      for (const [at, statistic] of statistics.entries()) replicates[at]![draw] = statistic(indices);
    },
    options,
  );
  return replicates;
}

/** The mean of some values. */
export function meanOf(values: ArrayLike<number>): Statistic {
  return (indices) => {
    let sum = 0;
    for (let at = 0; at < indices.length; at++) sum += values[indices[at]!]!;
    return sum / indices.length;
  };
}

/** The mean without each value in turn. */
export function leaveOneOutMeans(values: ArrayLike<number>): Float64Array {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return Float64Array.from(values, (value) => (sum - value) / (values.length - 1));
}

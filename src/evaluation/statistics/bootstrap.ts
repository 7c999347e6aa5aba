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
  const indices = new Uint32Array(samples);
  const scale = samples / 2 ** 32;
  for (let draw = 0; draw < resamples; draw++) {
    // The remainder of 2^32 favours some samples by less than samples / 2^32: nothing that 2,000 draws could show.
    for (let place = 0; place < samples; place++) indices[place] = Math.floor(random.uint32() * scale);
    use(indices, draw);
  }
}

/** The mean of some values in every resample of them. */
export function meanReplicates(values: ArrayLike<number>, options: ResamplingOptions = {}): Float64Array {
  const replicates = new Float64Array(options.resamples ?? usualResamples);
  resample(
    values.length,
    (indices, draw) => {
      let sum = 0;
      for (const index of indices) sum += values[index]!;
      replicates[draw] = sum / values.length;
    },
    options,
  );
  return replicates;
}

/** The mean without each value in turn. */
export function leaveOneOutMeans(values: ArrayLike<number>): Float64Array {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index]!;
  return Float64Array.from(values, (value) => (sum - value) / (values.length - 1));
}

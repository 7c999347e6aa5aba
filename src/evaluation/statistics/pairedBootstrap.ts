import { Random } from "../../base/random.ts";
import type { Interval } from "../interval.ts";
import { type ResamplingOptions, resample, usualResamples } from "./bootstrap.ts";
import { percentileInterval } from "./bootstrapInterval.ts";

/** What each run of a method has right: one row a seed, 1 or 0 an image; all methods on the same images in the same order. */
export type Correctness = readonly ArrayLike<number>[];

/** The difference of two mean accuracies and what is plausible of it. */
export interface PairedBootstrap {
  /** First minus second. */
  readonly difference: number;
  readonly interval: Interval;
}

/**
 * Resamples the images, the same for both methods, and the runs of each method: the interval says what other images and
 * other seeds could have given.
 */
export function pairedBootstrap(
  first: Correctness,
  second: Correctness,
  options: ResamplingOptions = {},
): PairedBootstrap {
  const { resamples = usualResamples, seed = 0 } = options;
  const images = first[0]!.length;
  const replicates = new Float64Array(resamples);
  const random = new Random(seed, "bootstrap of runs");
  resample(
    images,
    (indices, draw) => {
      replicates[draw] = meanOf(drawRuns(first, random), indices) - meanOf(drawRuns(second, random), indices);
    },
    options,
  );
  const everyImage = Uint32Array.from({ length: images }, (_, image) => image);
  return {
    difference: meanOf(first, everyImage) - meanOf(second, everyImage),
    interval: percentileInterval(replicates),
  };
}

function drawRuns(runs: Correctness, random: Random): Correctness {
  return runs.length === 1 ? runs : runs.map(() => runs[random.integer(runs.length)]!);
}

function meanOf(runs: Correctness, indices: Uint32Array): number {
  let right = 0;
  for (const run of runs) for (const index of indices) right += run[index]!;
  return right / (runs.length * indices.length);
}

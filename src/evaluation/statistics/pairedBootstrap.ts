import { Random } from "../../base/random.ts";
import type { Interval } from "../interval.ts";
import { meanOf, type ResamplingOptions, replicatesOf } from "./bootstrap.ts";
import { percentileInterval } from "./bootstrapInterval.ts";

/** What each run of a method has right: one row a seed, 1 or 0 an image; all methods on the same images in the same order. */
export type Correctness = readonly ArrayLike<number>[];

/** The accuracy of each run of a method, and what it is in each resample of the images. */
export interface RunAccuracies {
  readonly observed: readonly number[];
  readonly replicates: readonly Float64Array[];
}

/** Resamples the images, the same for all methods. */
export function resampledAccuracies(
  methods: readonly Correctness[],
  options: ResamplingOptions = {},
): readonly RunAccuracies[] {
  const images = methods[0]![0]!.length;
  const statistics = methods.flatMap((runs) => runs.map(meanOf));
  const replicates = replicatesOf(images, statistics, options);
  const everyImage = Uint32Array.from({ length: images }, (_, image) => image);
  let at = 0;
  return methods.map((runs) => {
    const own = { from: at, to: at + runs.length };
    at = own.to;
    return {
      observed: statistics.slice(own.from, own.to).map((statistic) => statistic(everyImage)),
      replicates: replicates.slice(own.from, own.to),
    };
  });
}

/** The difference of two mean accuracies and what is plausible of it. */
export interface PairedBootstrap {
  /** First minus second. */
  readonly difference: number;
  readonly interval: Interval;
}

/** Resamples the runs of each method on top of the images: the interval says what other images and other seeds could have given. */
export function pairedBootstrap(
  first: RunAccuracies,
  second: RunAccuracies,
  { seed = 0 }: Pick<ResamplingOptions, "seed"> = {},
): PairedBootstrap {
  const random = new Random(seed, "bootstrap of runs");
  const differences = first.replicates[0]!.map(
    (_, draw) => drawnMean(first, draw, random) - drawnMean(second, draw, random),
  );
  return {
    difference: mean(first.observed) - mean(second.observed),
    interval: percentileInterval(differences),
  };
}

/** The mean over as many runs as there are, drawn with replacement. */
function drawnMean({ replicates }: RunAccuracies, draw: number, random: Random): number {
  if (replicates.length === 1) return replicates[0]![draw]!;
  return mean(replicates.map(() => replicates[random.integer(replicates.length)]![draw]!));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

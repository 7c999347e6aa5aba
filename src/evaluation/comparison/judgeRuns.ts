import { wilsonInterval } from "../interval.ts";
import { crossEntropy } from "../probabilities.ts";
import { leaveOneOutMeans, meanOf, type ResamplingOptions, replicatesOf } from "../statistics/bootstrap.ts";
import { bcaInterval, percentileInterval } from "../statistics/bootstrapInterval.ts";
import type { Estimate } from "../statistics/pairedEffect.ts";
import { seedSpread } from "../statistics/seedSpread.ts";
import type { JudgedScores } from "./comparisonReport.ts";
import { correctness, type JudgedRun } from "./judgedRun.ts";
import { macroF1 } from "./macroF1.ts";

/** The scores of a method's runs on the same images; all intervals from the same resamples of these. */
export function judgeRuns(
  runs: readonly JudgedRun[],
  classes: number,
  options: ResamplingOptions = {},
): JudgedScores {
  const right = runs.map(correctness);
  const images = runs[0]!.labels.length;
  const perRun = right.map((values) => sum(values) / images);
  const accuracies = meanOverRuns(right);
  const losses = lossesOf(runs);
  const f1 = macroF1(runs, classes);
  const statistics = [meanOf(accuracies), f1, ...(losses === null ? [] : [meanOf(losses)])];
  const [ofAccuracy, ofF1, ofLoss] = replicatesOf(images, statistics, options);
  const everyImage = Uint32Array.from({ length: images }, (_, image) => image);
  return {
    images,
    accuracy: meanEstimate(accuracies, ofAccuracy!),
    firstRun: { accuracy: perRun[0]!, interval: wilsonInterval(sum(right[0]!), images) },
    overSeeds: seedSpread(perRun),
    macroF1: { value: f1(everyImage), interval: percentileInterval(ofF1!) },
    loss: losses === null ? null : meanEstimate(losses, ofLoss!),
  };
}

/** Of each image, the mean over the runs; null where a run has no probabilities. */
function lossesOf(runs: readonly JudgedRun[]): Float64Array | null {
  const rows = runs.flatMap(({ trueProbability }) =>
    trueProbability === undefined ? [] : [trueProbability.map(crossEntropy)],
  );
  return rows.length === runs.length ? meanOverRuns(rows) : null;
}

function meanOverRuns(rows: readonly ArrayLike<number>[]): Float64Array {
  const means = new Float64Array(rows[0]!.length);
  for (const row of rows) {
    for (let image = 0; image < means.length; image++) means[image]! += row[image]! / rows.length;
  }
  return means;
}

function meanEstimate(values: Float64Array, replicates: Float64Array): Estimate {
  const value = sum(values) / values.length;
  // A single image has no leave-one-out; nothing is known of others.
  if (values.length < 2) return { value, interval: [0, 1] };
  return { value, interval: bcaInterval(replicates, { value, leaveOneOut: leaveOneOutMeans(values) }) };
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at]!;
  return total;
}

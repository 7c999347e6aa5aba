import { wilsonInterval } from "../interval.ts";
import { crossEntropy } from "../probabilities.ts";
import { leaveOneOutMeans, meanReplicates, type ResamplingOptions } from "../statistics/bootstrap.ts";
import { bcaInterval } from "../statistics/bootstrapInterval.ts";
import type { Estimate } from "../statistics/pairedEffect.ts";
import { seedSpread } from "../statistics/seedSpread.ts";
import type { JudgedScores } from "./comparisonReport.ts";
import { correctness, type JudgedRun } from "./judgedRun.ts";
import { macroF1 } from "./macroF1.ts";

/** The scores of a method's runs on the same images. */
export function judgeRuns(
  runs: readonly JudgedRun[],
  classes: number,
  options: ResamplingOptions = {},
): JudgedScores {
  const right = runs.map(correctness);
  const images = runs[0]!.labels.length;
  const accuracies = right.map((values) => sum(values) / images);
  const firstRight = sum(right[0]!);
  return {
    images,
    accuracy: meanEstimate(meanOverRuns(right), options),
    firstRun: { accuracy: accuracies[0]!, interval: wilsonInterval(firstRight, images) },
    overSeeds: seedSpread(accuracies),
    macroF1: macroF1(runs, classes, options),
    loss: lossEstimate(runs, options),
  };
}

function lossEstimate(runs: readonly JudgedRun[], options: ResamplingOptions): Estimate | null {
  const losses = runs.flatMap(({ trueProbability }) => trueProbability ?? []).map(crossEntropy);
  const images = runs[0]!.labels.length;
  if (losses.length !== images * runs.length) return null;
  const rows = runs.map((_, run) => losses.slice(run * images, (run + 1) * images));
  return meanEstimate(meanOverRuns(rows), options);
}

function meanOverRuns(rows: readonly ArrayLike<number>[]): Float64Array {
  const means = new Float64Array(rows[0]!.length);
  for (const row of rows)
    for (let image = 0; image < means.length; image++) means[image]! += row[image]! / rows.length;
  return means;
}

function meanEstimate(values: Float64Array, options: ResamplingOptions): Estimate {
  const value = sum(values) / values.length;
  // A single image has no leave-one-out; nothing is known of others.
  if (values.length < 2) return { value, interval: [0, 1] };
  const leaveOneOut = leaveOneOutMeans(values);
  return { value, interval: bcaInterval(meanReplicates(values, options), { value, leaveOneOut }) };
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let at = 0; at < values.length; at++) total += values[at]!;
  return total;
}

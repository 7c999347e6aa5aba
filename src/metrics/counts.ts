import { type ConfusionCounts, confusionMetric, type ThresholdOptions } from "./confusionCounts.ts";
import type { GatheredMetric } from "./metric.ts";

/** A metric that is one of the counts (their weights' sum, where samples are weighted). */
const count =
  (kerasName: string, which: keyof ConfusionCounts) =>
  (options: ThresholdOptions = {}): GatheredMetric =>
    confusionMetric(options.name ?? kerasName, options, (counts) => counts[which]);

/** Outputs that rightly say "yes". */
export const truePositives = count("true_positives", "truePositives");
/** Outputs that rightly say "no". */
export const trueNegatives = count("true_negatives", "trueNegatives");
/** Outputs that wrongly say "yes". */
export const falsePositives = count("false_positives", "falsePositives");
/** Outputs that wrongly say "no". */
export const falseNegatives = count("false_negatives", "falseNegatives");

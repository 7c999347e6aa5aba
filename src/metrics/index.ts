import { PermafrostError } from "../base/errors.ts";
import { lookUp } from "../base/identifiers.ts";
import { accuracy, binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } from "./accuracy.ts";
import { auc } from "./auc.ts";
import { cosineSimilarity } from "./cosineSimilarity.ts";
import { falseNegatives, falsePositives, trueNegatives, truePositives } from "./counts.ts";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  klDivergence,
  poisson,
  sparseCategoricalCrossentropy,
} from "./crossentropies.ts";
import {
  logCoshError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  rootMeanSquaredError,
} from "./errors.ts";
import { f1Score, fBetaScore } from "./fScore.ts";
import { categoricalHinge, hinge, squaredHinge } from "./hinges.ts";
import { meanIoU, oneHotMeanIoU } from "./meanIoU.ts";
import type { GatheredMetric, Metric } from "./metric.ts";
import { precision } from "./precision.ts";
import { r2Score } from "./r2Score.ts";
import { recall } from "./recall.ts";
import { sparseTopKCategoricalAccuracy, topKCategoricalAccuracy } from "./topK.ts";

export type { BinaryAccuracyOptions } from "./accuracy.ts";
export type { AucOptions } from "./auc.ts";
export type { RetrievalOptions, ThresholdOptions } from "./confusionCounts.ts";
export type { CrossentropyMetricOptions, SparseCrossentropyMetricOptions } from "./crossentropies.ts";
export type { F1Options, FBetaOptions } from "./fScore.ts";
export type { MeanIoUOptions } from "./meanIoU.ts";
export type { Metric, MetricOptions } from "./metric.ts";
export type { R2Options } from "./r2Score.ts";
export type { TopKOptions } from "./topK.ts";
export {
  accuracy,
  auc,
  binaryAccuracy,
  binaryCrossentropy,
  categoricalAccuracy,
  categoricalCrossentropy,
  categoricalHinge,
  cosineSimilarity,
  f1Score,
  falseNegatives,
  falsePositives,
  fBetaScore,
  hinge,
  klDivergence,
  logCoshError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanIoU,
  meanSquaredError,
  meanSquaredLogarithmicError,
  oneHotMeanIoU,
  poisson,
  precision,
  r2Score,
  recall,
  rootMeanSquaredError,
  sparseCategoricalAccuracy,
  sparseCategoricalCrossentropy,
  sparseTopKCategoricalAccuracy,
  squaredHinge,
  topKCategoricalAccuracy,
  trueNegatives,
  truePositives,
};

/** Every metric that needs no options. A new one is a function and a line in this table. */
const metrics: Readonly<Record<string, () => GatheredMetric>> = {
  accuracy,
  acc: accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  precision,
  recall,
  truePositives,
  trueNegatives,
  falsePositives,
  falseNegatives,
  f1Score,
  fBetaScore,
  auc,
  meanSquaredError,
  mse: meanSquaredError,
  rootMeanSquaredError,
  meanAbsoluteError,
  mae: meanAbsoluteError,
  meanAbsolutePercentageError,
  mape: meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  msle: meanSquaredLogarithmicError,
  logCoshError,
  r2Score,
  cosineSimilarity,
  binaryCrossentropy,
  bce: binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  klDivergence,
  poisson,
  hinge,
  squaredHinge,
  categoricalHinge,
};

/** A metric by name ("acc", "AUC", "mean_squared_error"), or a metric, which serves as a pattern. */
export type MetricIdentifier = string | Metric;

/**
 * A metric with nothing gathered; its name stays as it was given.
 *
 * @throws PermafrostError UNKNOWN_NAME that lists the known names and the nearest one; INVALID_ARGUMENT for a metric whose
 *   result is a list, which a history cannot hold.
 */
export function resolveMetric(identifier: MetricIdentifier): Metric {
  if (typeof identifier === "string") return lookUp("metric", identifier, metrics)().renamed(identifier);
  if (!identifier.isList) return identifier.fresh();
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `metric ${identifier.name}: its result is a list, a history holds numbers. Give it an average, or one threshold.`,
  );
}

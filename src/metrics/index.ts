// Every metric: a new one is a file and a line here.
export {
  accuracy,
  type BinaryAccuracyOptions,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
} from "./accuracy.ts";
export { type AucOptions, auc } from "./auc.ts";
export type { RetrievalOptions, ThresholdOptions } from "./confusionCounts.ts";
export { cosineSimilarity } from "./cosineSimilarity.ts";
export { falseNegatives, falsePositives, trueNegatives, truePositives } from "./counts.ts";
export {
  binaryCrossentropy,
  type CrossentropyMetricOptions,
  categoricalCrossentropy,
  klDivergence,
  poisson,
  type SparseCrossentropyMetricOptions,
  sparseCategoricalCrossentropy,
} from "./crossentropies.ts";
export {
  logCoshError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  rootMeanSquaredError,
} from "./errors.ts";
export { type F1Options, type FBetaOptions, f1Score, fBetaScore } from "./fScore.ts";
export { categoricalHinge, hinge, squaredHinge } from "./hinges.ts";
export { type MeanIoUOptions, meanIoU, oneHotMeanIoU } from "./meanIoU.ts";
export type { Metric, MetricOptions } from "./metric.ts";
export { precision } from "./precision.ts";
export { type R2Options, r2Score } from "./r2Score.ts";
export { recall } from "./recall.ts";
export { sparseTopKCategoricalAccuracy, type TopKOptions, topKCategoricalAccuracy } from "./topK.ts";

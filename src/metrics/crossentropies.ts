import { meanMetric, meanOfOutputs, sumOfOutputs } from "./meanMetric.ts";
import type { GatheredMetric, MetricOptions } from "./metric.ts";
import { expectSameWidth } from "./rows.ts";

export interface CrossentropyMetricOptions extends MetricOptions {
  /** Predictions are logits, not probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Part of each target that is spread evenly over the classes. Default 0. */
  readonly labelSmoothing?: number;
}

/** Keras's bounds of probabilities, in float32. */
const [lowest, highest] = [Math.fround(1e-7), Math.fround(1 - 1e-7)];
const clip = (p: number) => Math.min(Math.max(p, lowest), highest);
/** ln(1 + e^x). */
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** The mean of -(y ln p + (1 - y) ln(1 - p)). Targets 0 to 1, as many as outputs. */
export function binaryCrossentropy(options: CrossentropyMetricOptions = {}): GatheredMetric {
  const { name = "binary_crossentropy", fromLogits = false, labelSmoothing = 0 } = options;
  return meanOfOutputs({ name }, (p, target) => {
    const y = target * (1 - labelSmoothing) + labelSmoothing / 2;
    if (fromLogits) return y * softplus(-p) + (1 - y) * softplus(p);
    return -(y * Math.log(clip(p)) + (1 - y) * Math.log(1 - clip(p)));
  });
}

/** The mean of - sum y ln p over the classes. Targets are rows of probabilities, [n, classes]. */
export function categoricalCrossentropy(options: CrossentropyMetricOptions = {}): GatheredMetric {
  const { name = "categorical_crossentropy", fromLogits = false, labelSmoothing = 0 } = options;
  return meanMetric(name, (prediction, target) => {
    expectSameWidth(name, prediction, target);
    const share = labelSmoothing / target.length;
    const logs = fromLogits ? logSoftmax(prediction) : logShares(prediction);
    return -logs.reduce((sum, log, index) => sum + (target[index]! * (1 - labelSmoothing) + share) * log, 0);
  });
}

export interface SparseCrossentropyMetricOptions extends Omit<CrossentropyMetricOptions, "labelSmoothing"> {
  /** Targets of this class add 0. They count in the mean all the same, as in Keras (not so in the loss). */
  readonly ignoreClass?: number;
}

/** The mean of -ln of the probability of the true class. Targets are class numbers, [n] or [n, 1]. */
export function sparseCategoricalCrossentropy(options: SparseCrossentropyMetricOptions = {}): GatheredMetric {
  const { name = "sparse_categorical_crossentropy", fromLogits = false, ignoreClass } = options;
  return meanMetric(name, (prediction, target) => {
    if (target[0] === ignoreClass) return 0;
    // Probabilities are clipped, then divided by their sum, as Keras does here.
    const scores = fromLogits ? prediction : prediction.map((p) => Math.log(clip(p)));
    return -logSoftmax(scores)[target[0]!]!;
  });
}

/** The mean of sum y ln(y / p) over the outputs, both clipped to [1e-7, 1]. Targets are probabilities, [n, classes]. */
export function klDivergence({ name = "kl_divergence" }: MetricOptions = {}): GatheredMetric {
  const bounded = (p: number) => Math.min(Math.max(p, lowest), 1);
  return sumOfOutputs(name, (p, y) => bounded(y) * Math.log(bounded(y) / bounded(p)));
}

/** The mean of p - y ln(p + 1e-7). Targets as many as outputs. */
export function poisson({ name = "poisson" }: MetricOptions = {}): GatheredMetric {
  return meanOfOutputs({ name }, (p, y) => p - y * Math.log(p + 1e-7));
}

function logShares(probabilities: Float32Array): number[] {
  const sum = probabilities.reduce((all, p) => all + p, 0);
  return Array.from(probabilities, (p) => Math.log(clip(p / sum)));
}

function logSoftmax(logits: Float32Array): number[] {
  const largest = Math.max(...logits);
  const log = Math.log(logits.reduce((sum, z) => sum + Math.exp(z - largest), 0));
  return Array.from(logits, (z) => z - largest - log);
}

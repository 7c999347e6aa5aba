/**
 * Keras's metrics, for options that a name cannot carry: `metrics: ["acc", metrics.auc({ curve: "PR" })]`. Batches may also be
 * added by hand: `metric.update(predictions, targets)`, then `metric.result()`.
 */
export * from "../metrics/index.ts";
export type { MetricIdentifier } from "../metrics/resolveMetric.ts";

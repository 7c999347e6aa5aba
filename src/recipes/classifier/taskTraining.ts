import type { TargetTask } from "../../data/dataset.ts";
import * as metrics from "../../metrics/index.ts";
import type { MetricIdentifier } from "../../metrics/resolveMetric.ts";

/** Name of the last layer. */
export const predictionsName = "predictions";

/** What a task asks of the last layer and of the training. */
export interface TaskTraining {
  readonly activation: "softmax" | "sigmoid" | "linear";
  readonly loss: string;
  readonly metrics: readonly MetricIdentifier[];
}

const classification: TaskTraining = {
  activation: "softmax",
  loss: "sparseCategoricalCrossentropy",
  metrics: ["accuracy"],
};

const others: Readonly<Record<TargetTask, TaskTraining>> = {
  multilabel: {
    activation: "sigmoid",
    loss: "binaryCrossentropy",
    metrics: ["binary_accuracy", metrics.f1Score({ threshold: 0.5 })],
  },
  // The share of explained variance is the same for standardised values.
  regression: { activation: "linear", loss: "meanSquaredError", metrics: ["r2_score"] },
};

export function taskTraining({ task }: { readonly task?: TargetTask | undefined }): TaskTraining {
  return task === undefined ? classification : others[task];
}

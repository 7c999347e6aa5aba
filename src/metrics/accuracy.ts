import { PermafrostError } from "../base/errors.ts";
import type { Shape } from "../tensor/shape.ts";
import { MeanMetric, type Metric } from "./metric.ts";

/**
 * The share of outputs on the right side of the threshold (strictly above it counts as 1). Targets 0 or 1, as many as outputs.
 */
export function binaryAccuracy(name = "binary_accuracy", threshold = 0.5): Metric {
  return new MeanMetric(name, (prediction, target) => {
    expectSameWidth(name, prediction, target);
    let right = 0;
    for (const [index, p] of prediction.entries()) if (Number(p > threshold) === target[index]) right++;
    return right / prediction.length;
  });
}

/** The share of samples whose largest output is at the target's largest entry (the first of equals). Targets [n, classes]. */
export function categoricalAccuracy(name = "categorical_accuracy"): Metric {
  return new MeanMetric(name, (prediction, target) => {
    expectSameWidth(name, prediction, target);
    return Number(firstLargest(prediction) === firstLargest(target));
  });
}

/** The share of samples whose largest output (the first of equals) is at the target. Targets are class numbers, [n] or [n, 1]. */
export function sparseCategoricalAccuracy(name = "sparse_categorical_accuracy"): Metric {
  return new MeanMetric(name, (prediction, target) => Number(firstLargest(prediction) === target[0]));
}

/** The three forms of accuracy. */
type AccuracyKind = "binary" | "categorical" | "sparseCategorical";

/** What "accuracy" means for these shapes (Keras 3): one output is binary; class numbers are sparse; else categorical. */
export function accuracyKind(predictions: Shape, targets: Shape): AccuracyKind {
  const outputs = predictions.length < 2 ? 1 : predictions.at(-1);
  if (outputs === 1) return "binary";
  const labels = targets.length < predictions.length || targets.at(-1) === 1;
  return labels ? "sparseCategorical" : "categorical";
}

/** The accuracy for predictions and targets of these shapes. */
export function accuracy(name: string, predictions: Shape, targets: Shape): Metric {
  const kinds = {
    binary: binaryAccuracy,
    categorical: categoricalAccuracy,
    sparseCategorical: sparseCategoricalAccuracy,
  };
  return kinds[accuracyKind(predictions, targets)](name);
}

function expectSameWidth(name: string, prediction: Float32Array, target: Float32Array): void {
  if (prediction.length === target.length) return;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `metric ${name}: expected as many targets as outputs, got ${target.length} targets for ${prediction.length} outputs a sample.`,
  );
}

/** Index of the largest element, the first of equals. */
function firstLargest(row: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < row.length; index++) if (row[index]! > row[best]!) best = index;
  return best;
}

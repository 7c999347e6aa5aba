import { meanMetric, type OfRow } from "./meanMetric.ts";
import type { GatheredMetric, MetricOptions } from "./metric.ts";
import { expectSameWidth, firstLargest } from "./rows.ts";

/** What "accuracy" means (Keras 3): one output is binary; one target for several outputs is a class number; else categorical. */
export function accuracy({ name = "accuracy" }: MetricOptions = {}): GatheredMetric {
  const binary = sidesRight(name, 0.5);
  const categorical = largestRight(name);
  return meanMetric(name, (prediction, target) => {
    if (prediction.length === 1) return binary(prediction, target);
    return target.length === 1 ? classRight(prediction, target) : categorical(prediction, target);
  });
}

export interface BinaryAccuracyOptions extends MetricOptions {
  /** Strictly above it counts as 1. Default 0.5. */
  readonly threshold?: number;
}

/** The share of outputs on the right side of the threshold. Targets 0 or 1, as many as outputs. */
export function binaryAccuracy(options: BinaryAccuracyOptions = {}): GatheredMetric {
  const { name = "binary_accuracy", threshold = 0.5 } = options;
  return meanMetric(name, sidesRight(name, threshold));
}

/** The share of samples whose largest output is at the target's largest entry (the first of equals). Targets [n, classes]. */
export function categoricalAccuracy({ name = "categorical_accuracy" }: MetricOptions = {}): GatheredMetric {
  return meanMetric(name, largestRight(name));
}

/** The share of samples whose largest output (the first of equals) is at the target. Targets are class numbers, [n] or [n, 1]. */
export function sparseCategoricalAccuracy({
  name = "sparse_categorical_accuracy",
}: MetricOptions = {}): GatheredMetric {
  return meanMetric(name, classRight);
}

const sidesRight =
  (name: string, threshold: number): OfRow =>
  (prediction, target) => {
    expectSameWidth(name, prediction, target);
    let right = 0;
    for (const [index, p] of prediction.entries()) if (Number(p > threshold) === target[index]) right++;
    return right / prediction.length;
  };

const largestRight =
  (name: string): OfRow =>
  (prediction, target) => {
    expectSameWidth(name, prediction, target);
    return Number(firstLargest(prediction) === firstLargest(target));
  };

const classRight: OfRow = (prediction, target) => Number(firstLargest(prediction) === target[0]);

import { lookUp } from "../base/identifiers.ts";
import type { Shape } from "../tensor/shape.ts";
import { accuracy, binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } from "./accuracy.ts";
import type { Metric } from "./metric.ts";

export {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
} from "./accuracy.ts";
export type { Metric } from "./metric.ts";

/** Makes a metric of the given name for predictions and targets of these shapes. */
type Make = (name: string, predictions: Shape, targets: Shape) => Metric;

/** Every metric. A new one is a function and a line in this table. */
const metrics: Readonly<Record<string, Make>> = {
  accuracy,
  acc: accuracy,
  binaryAccuracy: (name) => binaryAccuracy(name),
  categoricalAccuracy: (name) => categoricalAccuracy(name),
  sparseCategoricalAccuracy: (name) => sparseCategoricalAccuracy(name),
};

/**
 * The metric that an identifier names ("acc", "accuracy", "binary_accuracy"); its name stays as it was given.
 *
 * @param predictions - Shape of the model's output.
 * @param targets - Shape of the targets.
 * @throws PermafrostError UNKNOWN_NAME that lists the known names and the nearest one.
 */
export function resolveMetric(identifier: string, predictions: Shape, targets: Shape): Metric {
  return lookUp("metric", identifier, metrics)(identifier, predictions, targets);
}

/**
 * Checks a name without making the metric, so that `compile` can refuse it early.
 *
 * @throws PermafrostError UNKNOWN_NAME
 */
export function checkMetric(identifier: string): void {
  lookUp("metric", identifier, metrics);
}

import { PermafrostError } from "../base/errors.ts";
import { lookUp } from "../base/identifiers.ts";
import * as factories from "./index.ts";
import type { GatheredMetric, Metric } from "./metric.ts";

// Without options these make no sense, so no name is enough.
const { meanIoU: _, oneHotMeanIoU: __, ...nameable } = factories;

const metrics: Readonly<Record<string, () => GatheredMetric>> = {
  ...nameable,
  acc: factories.accuracy,
  mse: factories.meanSquaredError,
  mae: factories.meanAbsoluteError,
  mape: factories.meanAbsolutePercentageError,
  msle: factories.meanSquaredLogarithmicError,
  bce: factories.binaryCrossentropy,
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

import { PermafrostError } from "../base/errors.ts";
import { meanMetric } from "./meanMetric.ts";
import type { GatheredMetric, MetricOptions } from "./metric.ts";
import { expectSameWidth, firstLargest } from "./rows.ts";

export interface TopKOptions extends MetricOptions {
  /** How many guesses there are. Default 5. */
  readonly k?: number;
}

/** The share of samples whose true class is among the k largest outputs; a tie for the last place counts. Targets [n, classes]. */
export function topKCategoricalAccuracy(options: TopKOptions = {}): GatheredMetric {
  const { name = "top_k_categorical_accuracy", k = 5 } = options;
  expectGuesses(name, k);
  return meanMetric(name, (prediction, target) => {
    expectSameWidth(name, prediction, target);
    return Number(isAmongTop(prediction, firstLargest(target), k));
  });
}

/** The same for targets that are class numbers, [n] or [n, 1]. */
export function sparseTopKCategoricalAccuracy(options: TopKOptions = {}): GatheredMetric {
  const { name = "sparse_top_k_categorical_accuracy", k = 5 } = options;
  expectGuesses(name, k);
  return meanMetric(name, (prediction, target) => Number(isAmongTop(prediction, target[0]!, k)));
}

function isAmongTop(prediction: Float32Array, label: number, k: number): boolean {
  const own = prediction[label];
  if (own === undefined || !Number.isFinite(own)) return false;
  let larger = 0;
  for (const p of prediction) if (p > own) larger++;
  return larger < k;
}

function expectGuesses(name: string, k: number): void {
  if (Number.isInteger(k) && k >= 1) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `metric ${name}: k: expected a whole number of at least 1, got ${k}.`,
  );
}

import { PermafrostError } from "../../base/errors.ts";
import type { Sample } from "../../data/dataset.ts";
import type { Model } from "../../models/functional.ts";
import { float32 } from "../../tensor/tensor.ts";
import { predictionsName } from "../classifier/taskTraining.ts";

/** Mean and standard deviation of each value over the training images. */
export interface TargetScale {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

/**
 * Values are learned in units of their standard deviation: a rate that suits them suits prices as well as grams.
 *
 * @throws PermafrostError DATA_INVALID where a value is the same for all training images.
 */
export function targetScale(train: readonly Sample[], names: readonly string[]): TargetScale {
  const { means, deviations } = momentsOf(train, names);
  const constant = deviations.findIndex((deviation) => !(deviation > 0));
  if (constant === -1) return { means, deviations };
  throw new PermafrostError(
    "DATA_INVALID",
    `${JSON.stringify(names[constant])} is ${means[constant] ?? "not given"} for all ${train.length} training images: there is nothing to learn. Add images that differ, or leave the value out.`,
  );
}

/** Mean and standard deviation of each value, 0 where it never changes. */
export function momentsOf(samples: readonly Sample[], names: readonly string[]): TargetScale {
  const columns = names.map((_, index) => samples.map(({ targets }) => targets![index]!));
  const means = columns.map(mean);
  const spread = (values: readonly number[], center: number) =>
    Math.sqrt(mean(values.map((y) => (y - center) ** 2)));
  return { means, deviations: columns.map((values, index) => spread(values, means[index]!)) };
}

/** (y - mean) / deviation, rows of values one after the other. */
export function standardized(rows: Float32Array, { means, deviations }: TargetScale): Float32Array {
  return rows.map((y, index) => (y - means[index % means.length]!) / deviations[index % means.length]!);
}

/** Lets the last layer give values in their own units instead of standardised ones. */
export function restoreUnits(model: Model, { means, deviations }: TargetScale): void {
  const layer = model.getLayer(predictionsName);
  const [kernel, bias] = layer.getWeights();
  const width = means.length;
  const scaled = (values: ArrayLike<number>, offset: (output: number) => number) =>
    Float32Array.from(values, (w, index) => w * deviations[index % width]! + offset(index % width));
  layer.setWeights([
    float32(
      kernel!.shape,
      scaled(kernel!.data as Float32Array, () => 0),
    ),
    float32(
      bias!.shape,
      scaled(bias!.data as Float32Array, (output) => means[output]!),
    ),
  ]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

import { PermafrostError } from "../../base/errors.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { EncodedTargets, OutputLabels } from "./labelledSamples.ts";

/** A weight for each class number; a class that is not named has weight 1. */
export type ClassWeight = Readonly<Record<number, number>> | ReadonlyMap<number, number> | readonly number[];

/**
 * The weight of each sample in the loss: its own times its class's. One-hot targets belong to the class of their largest
 * value, targets of a single output to the class nearest to them, as in Keras.
 *
 * @returns undefined if neither is given: every sample counts 1.
 * @throws PermafrostError SHAPE_MISMATCH or DATA_INVALID
 */
export function sampleWeights(
  targets: OutputLabels["targets"],
  samples: number,
  sampleWeight: ArrayLike<number> | undefined,
  classWeight: ClassWeight | undefined,
): Float32Array | undefined {
  if (sampleWeight === undefined && classWeight === undefined) return undefined;
  if (classWeight !== undefined && !("data" in targets)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      "classWeight: pictures as targets have no classes. Leave it out.",
    );
  }
  if (sampleWeight !== undefined && sampleWeight.length !== samples) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `sampleWeight: expected one for each of the ${samples} samples, got ${sampleWeight.length}.`,
    );
  }
  const weights = new Float32Array(samples);
  for (let index = 0; index < samples; index++) {
    const own = sampleWeight === undefined ? 1 : sampleWeight[index]!;
    const ofClass =
      classWeight === undefined || !("data" in targets) ? 1 : weightOf(classWeight, classOf(targets, index));
    weights[index] = own * ofClass;
    if (Number.isFinite(weights[index]!) && weights[index]! >= 0) continue;
    throw new PermafrostError(
      "DATA_INVALID",
      `sample weights: expected numbers of 0 or more, got ${own * ofClass} for sample ${index}.`,
    );
  }
  return weights;
}

function weightOf(classWeight: ClassWeight, label: number): number {
  if (classWeight instanceof Map) return classWeight.get(label) ?? 1;
  const table: { readonly [label: number]: number } = classWeight as Readonly<Record<number, number>>;
  return table[label] ?? 1;
}

function classOf({ shape, data }: EncodedTargets, index: number): number {
  const size = sizeOf(shape);
  if (size === 1) return Math.round(data[index]!);
  const row = data.subarray(index * size, index * size + size);
  return row.indexOf(Math.max(...row));
}

import { PermafrostError } from "../base/errors.ts";
import { showShape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A batch as rows: the outputs of each sample, or of each position of it, with their targets. */
export interface BatchRows {
  readonly count: number;
  /** Rows of one sample. */
  readonly positions: number;
  /** Predictions of one row. */
  readonly outputs: number;
  /** Targets of one row: as many as outputs, or 1. */
  readonly width: number;
  readonly predictions: Float32Array;
  readonly targets: Float32Array;
}

/** @throws PermafrostError SHAPE_MISMATCH when predictions, targets and weights do not fit each other. */
export function batchRows(
  name: string,
  predictions: Tensor<"float32">,
  targets: Tensor<"float32">,
  weights: ArrayLike<number> | undefined,
): BatchRows {
  const samples = predictions.shape[0] ?? 1;
  const outputs = predictions.shape.length < 2 ? 1 : predictions.shape.at(-1)!;
  const count = outputs === 0 ? 0 : predictions.data.length / outputs;
  const width = count === 0 ? 1 : targets.data.length / count;
  const fits =
    (targets.shape[0] ?? 1) === samples &&
    (width === 1 || width === outputs) &&
    (weights === undefined || weights.length === samples);
  if (!fits) throw mismatch(name, predictions, targets, weights);
  const positions = samples === 0 ? 1 : count / samples;
  return { count, positions, outputs, width, predictions: predictions.data, targets: targets.data };
}

function mismatch(
  name: string,
  predictions: Tensor,
  targets: Tensor,
  weights: ArrayLike<number> | undefined,
): PermafrostError {
  const weighted = weights === undefined ? "" : ` and ${weights.length} weights`;
  return new PermafrostError(
    "SHAPE_MISMATCH",
    `metric ${name}: predictions ${showShape(predictions.shape)} and targets ${showShape(targets.shape)}${weighted} must have as many rows, and rows as many targets as outputs, or one.`,
  );
}

/** @throws PermafrostError SHAPE_MISMATCH where a metric wants one target for each output. */
export function expectSameWidth(name: string, prediction: Float32Array, target: Float32Array): void {
  if (prediction.length === target.length) return;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `metric ${name}: expected as many targets as outputs, got ${target.length} targets for ${prediction.length} outputs a sample. Class numbers have metrics of their own, with sparse in their names.`,
  );
}

/** Index of the largest element, the first of equals. */
export function firstLargest(row: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < row.length; index++) if (row[index]! > row[best]!) best = index;
  return best;
}

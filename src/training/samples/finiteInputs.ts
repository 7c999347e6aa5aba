import { PermafrostError } from "../../base/errors.ts";
import { sizeOf, type Tensor } from "../../tensor/tensor.ts";
import type { BatchBuffer } from "../thread/batchBuffer.ts";
import type { PhaseProgram } from "../thread/trainProgram.ts";

/**
 * Holds an array against NaN and infinity, which a network may hide (a relu makes 0 of NaN on some machines) or spread.
 *
 * @param where - What the array is, for the message.
 * @throws PermafrostError DATA_INVALID naming the sample.
 */
export function expectFinite(where: string, { shape, data }: Tensor<"float32">): void {
  const bad = firstBad(data);
  if (bad < 0) return;
  const size = sizeOf(shape.slice(1));
  throw notFinite(where, Math.floor(bad / size), bad % size, data[bad]!);
}

/**
 * Looks for the sample that a loss is no number for.
 *
 * @param indices - The numbers of the batch's samples.
 * @throws PermafrostError DATA_INVALID naming the sample, if it is one.
 */
export function expectFiniteBatch({ xShape }: PhaseProgram, batch: BatchBuffer, indices: Uint32Array): void {
  const size = sizeOf(xShape);
  const data = batch.x(indices.length, size);
  const bad = firstBad(data);
  if (bad < 0) return;
  const where = "training samples (or what the frozen layers make of them)";
  throw notFinite(where, indices[Math.floor(bad / size)]!, bad % size, data[bad]!);
}

/** A plain loop: it is run over whole data sets. */
function firstBad(data: Float32Array): number {
  for (let index = 0; index < data.length; index++) {
    const value = data[index]!;
    if (value - value !== 0) return index;
  }
  return -1;
}

function notFinite(where: string, sample: number, place: number, value: number): PermafrostError {
  return new PermafrostError(
    "DATA_INVALID",
    `${where}: expected finite numbers, got ${value} in sample ${sample} (counted from 0), number ${place} of it. ` +
      "Leave the sample out, or replace such values before training.",
    { details: { sample, place, value } },
  );
}

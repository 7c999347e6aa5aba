import { PermafrostError } from "../base/errors.ts";
import { sizeOf } from "../tensor/tensor.ts";
import type { BatchBuffer } from "./batchBuffer.ts";
import { type BatchSource, selectSamples } from "./batchSource.ts";

/** Targets in the form in which the loss reads them. */
export interface EncodedTargets {
  /** One sample's shape: [] for a class number, [k] for one value an output. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Samples with what is expected of them. */
export interface LabelledSamples {
  readonly source: BatchSource;
  readonly targets: EncodedTargets;
  /** One weight a sample; left out: 1 each. */
  readonly weights: Float32Array | undefined;
}

/** Writes the samples with these indices into a batch. */
export async function fillBatch(
  batch: BatchBuffer,
  indices: Uint32Array,
  { source, targets, weights }: LabelledSamples,
): Promise<void> {
  const count = indices.length;
  const size = sizeOf(targets.shape);
  const targetRows = batch.target(count, size);
  const weightRows = batch.weights(count);
  for (const [row, index] of indices.entries()) {
    for (let i = 0; i < size; i++) targetRows[row * size + i] = targets.data[index * size + i]!;
    weightRows[row] = weights === undefined ? 1 : weights[index]!;
  }
  await source.read(indices, batch.x(count, sizeOf(source.shape)));
}

/** Part of labelled samples: sample i of it is sample `indices[i]` of the whole. */
function selectLabelled(samples: LabelledSamples, indices: Uint32Array): LabelledSamples {
  const { source, targets, weights } = samples;
  const size = sizeOf(targets.shape);
  const data = new Float32Array(indices.length * size);
  for (const [row, index] of indices.entries()) {
    data.set(targets.data.subarray(index * size, index * size + size), row * size);
  }
  return {
    source: selectSamples(source, indices),
    targets: { shape: targets.shape, data },
    weights: weights && Float32Array.from(indices, (index) => weights[index]!),
  };
}

/**
 * The last part of the samples, before any shuffling, as Keras takes it for validation.
 *
 * @param share - Of all samples, above 0 and below 1; the first floor(n * (1 - share)) stay for training.
 * @throws PermafrostError INVALID_ARGUMENT when a part would be empty.
 */
export function splitValidation(
  samples: LabelledSamples,
  share: number,
): { readonly train: LabelledSamples; readonly validation: LabelledSamples } {
  const n = samples.source.samples;
  const kept = Math.floor(n * (1 - share));
  if (!(share > 0 && share < 1) || kept === 0 || kept === n) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `validationSplit: expected a share above 0 and below 1 that leaves samples on both sides, got ${share} of ${n} samples.`,
    );
  }
  const range = (from: number, to: number) =>
    Uint32Array.from({ length: to - from }, (_, index) => from + index);
  return {
    train: selectLabelled(samples, range(0, kept)),
    validation: selectLabelled(samples, range(kept, n)),
  };
}

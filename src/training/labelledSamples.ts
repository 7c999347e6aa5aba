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

/** What is expected of one output of the model. */
export interface OutputLabels {
  readonly targets: EncodedTargets;
  /** One weight a sample; left out: 1 each. */
  readonly weights: Float32Array | undefined;
}

/** Samples with what is expected of them. */
export interface LabelledSamples {
  readonly source: BatchSource;
  /** In the order of `Compiled.outputs`. */
  readonly outputs: readonly OutputLabels[];
}

/** One target's shape for each output. */
export function targetShapes({ outputs }: LabelledSamples): readonly (readonly number[])[] {
  return outputs.map(({ targets }) => targets.shape);
}

/** Writes the samples with these indices into a batch. */
export async function fillBatch(
  batch: BatchBuffer,
  indices: Uint32Array,
  { source, outputs }: LabelledSamples,
): Promise<void> {
  const count = indices.length;
  for (const [place, labels] of outputs.entries()) {
    const size = sizeOf(labels.targets.shape);
    fillLabels(labels, indices, {
      targets: batch.outputs[place]!.target(count, size),
      weights: batch.outputs[place]!.weights(count),
    });
  }
  await source.read(indices, batch.x(count, sizeOf(source.shape)));
}

function fillLabels(
  { targets, weights }: OutputLabels,
  indices: Uint32Array,
  into: { readonly targets: Float32Array; readonly weights: Float32Array },
): void {
  const size = sizeOf(targets.shape);
  for (const [row, index] of indices.entries()) {
    for (let i = 0; i < size; i++) into.targets[row * size + i] = targets.data[index * size + i]!;
    into.weights[row] = weights === undefined ? 1 : weights[index]!;
  }
}

/** Part of labelled samples: sample i of it is sample `indices[i]` of the whole. */
export function selectLabelled({ source, outputs }: LabelledSamples, indices: Uint32Array): LabelledSamples {
  return {
    source: selectSamples(source, indices),
    outputs: outputs.map(({ targets, weights }) => {
      const size = sizeOf(targets.shape);
      const data = new Float32Array(indices.length * size);
      for (const [row, index] of indices.entries()) {
        data.set(targets.data.subarray(index * size, index * size + size), row * size);
      }
      return {
        targets: { shape: targets.shape, data },
        weights: weights && Float32Array.from(indices, (index) => weights[index]!),
      };
    }),
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

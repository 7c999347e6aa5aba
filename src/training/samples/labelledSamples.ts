import { PermafrostError } from "../../base/errors.ts";
import { sizeOf } from "../../tensor/tensor.ts";
import type { BatchBuffer } from "../thread/batchBuffer.ts";
import { type BatchSource, selectSamples } from "./batchSource.ts";

/** Targets in the form in which the loss reads them. */
export interface EncodedTargets {
  /** One sample's shape: [] for a class number, [k] for one value an output. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What is expected of one output of the model. */
export interface OutputLabels {
  /** In memory, or read as they are needed. */
  readonly targets: EncodedTargets | BatchSource;
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
    const { targets, weights } = labels;
    await readTargets(targets, indices, batch.outputs[place]!.target(count, size));
    batch.outputs[place]!.weights(count).set(weightsAt(weights, indices));
  }
  await source.read(indices, batch.x(count, sizeOf(source.shape)));
}

/** Writes the targets of samples one after the other. */
export async function readTargets(
  targets: OutputLabels["targets"],
  indices: Uint32Array,
  into: Float32Array,
): Promise<void> {
  if (!("data" in targets)) return targets.read(indices, into);
  const size = sizeOf(targets.shape);
  for (const [row, index] of indices.entries()) {
    for (let i = 0; i < size; i++) into[row * size + i] = targets.data[index * size + i]!;
  }
}

function weightsAt(weights: Float32Array | undefined, indices: Uint32Array): Float32Array {
  return Float32Array.from(indices, (index) => (weights === undefined ? 1 : weights[index]!));
}

/** The samples as an epoch (from 0) of training sees them. */
export function labelledForEpoch({ source, outputs }: LabelledSamples, epoch: number): LabelledSamples {
  return {
    source: source.forEpoch?.(epoch) ?? source,
    outputs: outputs.map(({ targets, weights }) => ({
      targets: "data" in targets ? targets : (targets.forEpoch?.(epoch) ?? targets),
      weights,
    })),
  };
}

/** Part of labelled samples: sample i of it is sample `indices[i]` of the whole. */
export function selectLabelled({ source, outputs }: LabelledSamples, indices: Uint32Array): LabelledSamples {
  return {
    source: selectSamples(source, indices),
    outputs: outputs.map(({ targets, weights }) => ({
      targets: "data" in targets ? selectTargets(targets, indices) : selectSamples(targets, indices),
      weights: weights && weightsAt(weights, indices),
    })),
  };
}

function selectTargets({ shape, data }: EncodedTargets, indices: Uint32Array): EncodedTargets {
  const size = sizeOf(shape);
  const chosen = new Float32Array(indices.length * size);
  for (const [row, index] of indices.entries()) {
    chosen.set(data.subarray(index * size, index * size + size), row * size);
  }
  return { shape, data: chosen };
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

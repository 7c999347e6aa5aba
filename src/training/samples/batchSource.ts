import { sha256 } from "../../base/digest.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { FeatureKey } from "../../features/key.ts";
import { sizeOf, type Tensor } from "../../tensor/tensor.ts";

/** Samples that can be read in any order, from memory or from a file. */
export interface BatchSource {
  readonly samples: number;
  /** One sample's shape as the engine has it: a picture is [channels, height, width]. */
  readonly shape: readonly number[];
  /** Writes the samples with these indices one after the other. */
  read(indices: Uint32Array, into: Float32Array): void | Promise<void>;
  /** The samples as an epoch (from 0) of training sees them; left out: every epoch sees the same. */
  forEpoch?(epoch: number): BatchSource;
  /** Left out where nobody can tell what the samples will be: then nothing computed from them may be kept. */
  readonly names?: SampleNames | undefined;
}

/** Names samples by their content, so that what is computed from them can be found again in a later run. */
export interface SampleNames {
  /** How a sample is made of what its key names: plain JSON. */
  readonly preprocessing: unknown;
  /** Equal only for samples of the same values. */
  keys(indices: Uint32Array): Promise<readonly FeatureKey[]>;
}

/** What `fit`, `evaluate` and `predict` take: an array [samples, ...], pictures as [samples, height, width, channels], or a source. */
export type Samples = BatchSource | Tensor<"float32">;

/** A source over samples or a source; arrays of pictures are reordered once. */
export function batchSource(samples: Samples): BatchSource {
  return "data" in samples ? arraySource(samples) : samples;
}

/**
 * A source over an array in memory.
 *
 * @param array - [samples, ...]; pictures [samples, height, width, channels].
 * @throws PermafrostError SHAPE_MISMATCH when it has no axis of samples.
 */
function arraySource(array: Tensor<"float32">): BatchSource {
  const [samples, ...userShape] = array.shape;
  if (samples === undefined || userShape.length === 0) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `expected an array [samples, ...], got shape [${array.shape.join(", ")}].`,
    );
  }
  const pictures = userShape.length === 3;
  const [height, width, channels] = userShape;
  const shape = pictures ? [channels!, height!, width!] : userShape;
  const data = pictures ? channelsFirst(array.data, samples, height! * width!, channels!) : array.data;
  return arrayRows(data, shape);
}

/** A source over rows in memory, each one sample in the engine's layout. */
export function arrayRows(data: Float32Array, shape: readonly number[]): BatchSource {
  const size = sizeOf(shape);
  return {
    samples: data.length / size,
    shape,
    read(indices, into) {
      for (const [row, index] of indices.entries())
        into.set(data.subarray(index * size, index * size + size), row * size);
    },
    names: { preprocessing: { values: shape }, keys: async (indices) => keysOfRows(data, size, indices) },
  };
}

function keysOfRows(data: Float32Array, size: number, indices: Uint32Array): readonly FeatureKey[] {
  return Array.from(indices, (index) => {
    const { buffer, byteOffset, byteLength } = data.subarray(index * size, index * size + size);
    return { image: sha256(new Uint8Array(buffer, byteOffset, byteLength)), draw: "none" };
  });
}

/** Part of a source: sample i of it is sample `indices[i]` of the whole. */
export function selectSamples(source: BatchSource, indices: Uint32Array): BatchSource {
  const { forEpoch, names } = source;
  const chosen = (rows: Uint32Array) => rows.map((row) => indices[row]!);
  return {
    samples: indices.length,
    shape: source.shape,
    read: (rows, into) => source.read(chosen(rows), into),
    names: names && { preprocessing: names.preprocessing, keys: (rows) => names.keys(chosen(rows)) },
    ...(forEpoch === undefined
      ? {}
      : { forEpoch: (epoch) => selectSamples(forEpoch.call(source, epoch), indices) }),
  };
}

/** [samples, pixels, channels] to [samples, channels, pixels]. */
function channelsFirst(data: Float32Array, samples: number, pixels: number, channels: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let sample = 0; sample < samples; sample++) {
    const start = sample * pixels * channels;
    for (let channel = 0; channel < channels; channel++) {
      const to = start + channel * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) {
        result[to + pixel] = data[start + pixel * channels + channel]!;
      }
    }
  }
  return result;
}

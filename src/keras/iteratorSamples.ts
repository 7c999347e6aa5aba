import { ImageDataset } from "../augmentation/imageDataset.ts";
import { ImageIterator } from "../augmentation/imageIterator.ts";
import { PermafrostError } from "../base/errors.ts";
import { Random } from "../base/random.ts";
import { float32, hasDType, sizeOf, type Tensor } from "../tensor/tensor.ts";
import { type BatchSource, selectSamples } from "../training/samples/batchSource.ts";
import { ViewSource } from "./viewSource.ts";

/** Labelled pictures of an iterator, in the order of its files. */
export interface IteratorSamples {
  readonly source: ViewSource;
  readonly y: Tensor<"float32" | "int32">;
  readonly sampleWeight: Float32Array | undefined;
}

/** Pictures that come in batches: an iterator of an ImageDataGenerator, or a data set of a folder. */
export type PictureBatches = ImageIterator | ImageDataset;

/**
 * A data set as the iterator that a model reads; anything else as it is.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a data set without batches, as Keras refuses it.
 */
export function iteratorOf<Data extends object>(data: Data | PictureBatches): Data | ImageIterator {
  if (!(data instanceof ImageDataset)) return data;
  if (data.isBatched) return data.iterator;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${data.directory}: a model needs batches of pictures, got a data set with batchSize null. Leave batchSize out or give a number.`,
  );
}

export function isIterator(data: object): data is ImageIterator {
  return data instanceof ImageIterator;
}

/**
 * Pictures with their labels, as `fit` and `evaluate` need them.
 *
 * @throws PermafrostError INVALID_ARGUMENT when the iterator has no labels, or not one kind of them.
 */
export function iteratorSamples(iterator: ImageIterator): IteratorSamples {
  const source = new ViewSource(iterator);
  const all = Uint32Array.from({ length: iterator.n }, (_, index) => index);
  const { y, sampleWeight } = iterator.source.targets(all, float32([0], []));
  if (y === undefined || !isTensor(y) || y.shape[0] !== iterator.n) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${iterator.source.description}: expected one label for each picture. Use classMode "binary", "categorical" or "sparse", for a data set labelMode "int", "binary" or "categorical".`,
    );
  }
  if (!hasDType(y, "float32") && !hasDType(y, "int32")) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `iterator: expected float32 or int32 labels, got ${y.dtype}.`,
    );
  }
  return { source, y, sampleWeight: sampleWeight?.data };
}

/**
 * The part that so many batches hold; all for undefined. An iterator that shuffles gives a fixed choice by its seed.
 *
 * @throws PermafrostError INVALID_ARGUMENT for more batches than there are.
 */
export function firstBatches(iterator: ImageIterator, steps: number | undefined, name: string): Uint32Array {
  const { n, length, batchSize, shuffle, seed } = iterator;
  if (steps !== undefined && !(Number.isInteger(steps) && steps >= 1 && steps <= length)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${name}: expected a whole number from 1 to ${length} (${n} pictures in batches of ${batchSize}), got ${steps}.`,
    );
  }
  const count = Math.min(n, (steps ?? length) * batchSize);
  if (count === n || !shuffle) return Uint32Array.from({ length: count }, (_, index) => index);
  return new Random(seed ?? 0, "shuffle", 0).permutation(n).slice(0, count).sort();
}

/** The samples with these numbers. */
export function selectIteratorSamples(
  { source, y, sampleWeight }: IteratorSamples,
  indices: Uint32Array,
): {
  readonly source: BatchSource;
  readonly y: Tensor<"float32">;
  readonly sampleWeight: Float32Array | undefined;
} {
  const width = sizeOf(y.shape.slice(1));
  const values = Float32Array.from(y.data);
  const data = new Float32Array(indices.length * width);
  for (const [row, index] of indices.entries()) {
    data.set(values.subarray(index * width, index * width + width), row * width);
  }
  return {
    source: indices.length === source.samples ? source : selectSamples(source, indices),
    y: float32([indices.length, ...y.shape.slice(1)], data),
    sampleWeight: sampleWeight && Float32Array.from(indices, (index) => sampleWeight[index]!),
  };
}

function isTensor(y: Tensor | readonly Tensor[]): y is Tensor {
  return !Array.isArray(y);
}

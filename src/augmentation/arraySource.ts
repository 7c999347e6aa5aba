import { sha256 } from "../base/digest.ts";
import { PermafrostError } from "../base/errors.ts";
import { type DType, sizeOf, type Tensor, tensor } from "../tensor/tensor.ts";
import { invalid } from "./checks.ts";
import type { SampleSource, Targets } from "./sampleSource.ts";
import { type Subset, splitBounds } from "./subset.ts";

/** Rank-4 pictures, or those and arrays that are passed along with them. */
export type FlowImages = Tensor | readonly [images: Tensor, extras: Tensor | readonly Tensor[]];

export interface ArrayParts {
  readonly y?: Tensor | null;
  readonly sampleWeight?: Tensor | null;
  readonly subset?: Subset | null;
  /** Take the parts even where they do not have the same labels. */
  readonly ignoreClassSplit?: boolean;
}

/**
 * Samples from arrays [samples, height, width, channels].
 *
 * @throws PermafrostError SHAPE_MISMATCH for arrays of other ranks or lengths; INVALID_ARGUMENT where training and
 *   validation part do not have the same labels.
 */
export function arraySource(images: FlowImages, parts: ArrayParts, validationSplit: number): SampleSource {
  const [all, extras] = "data" in images ? [images, []] : [images[0], [images[1]].flat()];
  if (all.shape.length !== 4) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `flow: expected pictures of shape [samples, height, width, channels], got [${all.shape.join(", ")}].`,
    );
  }
  const samples = all.shape[0]!;
  const y = parts.y ?? undefined;
  const weights = parts.sampleWeight ?? undefined;
  for (const [name, array] of [
    ["y", y],
    ["sampleWeight", weights],
    ...extras.map((extra) => ["extra", extra] as const),
  ] as const) {
    if (array !== undefined) requireLength(name, array, samples);
  }
  const { start, stop } = splitBounds(parts.subset ?? null, validationSplit, samples);
  if (y !== undefined && parts.subset != null && parts.ignoreClassSplit !== true) {
    requireSameLabels(y, Math.trunc(validationSplit * samples));
  }
  const part = <D extends DType>(array: Tensor<D>) => rows(array, start, stop);
  const kept = {
    x: part(all),
    y: y && part(y),
    weights: weights && part(weights),
    extras: extras.map((extra) => part(extra)),
  };
  return keptSource(kept);
}

interface KeptArrays {
  readonly x: Tensor;
  readonly y: Tensor | undefined;
  readonly weights: Tensor | undefined;
  readonly extras: readonly Tensor[];
}

function keptSource({ x, y, weights, extras }: KeptArrays): SampleSource {
  const [n, height, width, channels] = x.shape as readonly [number, number, number, number];
  return {
    description: "array",
    n,
    imageShape: { height, width, channels },
    hashBound: 1e4,
    load: async (index) => {
      const { data } = rows(x, index, index + 1);
      const pixels = Float32Array.from(data, Number);
      const bytes = () => new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
      return { image: { height, width, channels, data: pixels }, digest: () => sha256(bytes()) };
    },
    nameOf: (index) => `array[${index}]`,
    isUnreadable: () => false,
    targets: (indices): Targets => ({
      ...(y && { y: pick(y, indices) }),
      ...(weights && { sampleWeight: toFloat32(pick(weights, indices)) }),
      ...(extras.length > 0 && { extras: extras.map((extra) => pick(extra, indices)) }),
    }),
  };
}

function requireLength(name: string, array: Tensor, samples: number): void {
  if (array.shape[0] === samples) return;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `flow: expected ${samples} rows in ${name}, as there are pictures, got shape [${array.shape.join(", ")}].`,
  );
}

function requireSameLabels(y: Tensor, boundary: number): void {
  const labels = (from: number, to: number) =>
    JSON.stringify([...new Set(Array.from(rows(y, from, to).data, Number))].sort((a, b) => a - b));
  const [validation, training] = [labels(0, boundary), labels(boundary, y.shape[0]!)];
  if (validation === training) return;
  throw invalid(
    "subset",
    `the same labels in both parts (validation has ${validation})`,
    training,
    "The arrays may be sorted by label: mix them first, or set ignoreClassSplit.",
  );
}

/** A copy of rows `start` to before `stop`. */
export function rows<D extends DType>(array: Tensor<D>, start: number, stop: number): Tensor<D> {
  const row = sizeOf(array.shape.slice(1));
  const shape = [Math.max(0, stop - start), ...array.shape.slice(1)];
  // Slices keep the array's own type.
  return tensor(array.dtype, shape, array.data.slice(start * row, stop * row) as Tensor<D>["data"]);
}

/** A copy of the rows with these indices. */
export function pick<D extends DType>(array: Tensor<D>, indices: Uint32Array): Tensor<D> {
  const row = sizeOf(array.shape.slice(1));
  const picked = array.data.slice(0, indices.length * row) as Tensor<D>["data"];
  for (const [i, index] of indices.entries()) {
    for (let k = 0; k < row; k++) picked[i * row + k] = array.data[index * row + k]!;
  }
  return tensor(array.dtype, [indices.length, ...array.shape.slice(1)], picked);
}

function toFloat32(array: Tensor): Tensor<"float32"> {
  return tensor("float32", array.shape, Float32Array.from(array.data, Number));
}

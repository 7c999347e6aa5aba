import { PermafrostError } from "../base/errors.ts";
import { type Dimension, normalizeAxis, type Shape, showShape } from "../tensor/shape.ts";

/** The engine's shape [batch, channels, height, width] of a user's [batch, height, width, channels]. Other ranks are the same. */
export function toEngineShape(shape: Shape): Shape {
  if (shape.length !== 4) return shape;
  const [batch, height, width, channels] = shape;
  return [batch!, channels!, height!, width!];
}

/** The user's shape [batch, height, width, channels] of the engine's [batch, channels, height, width]. */
export function toUserShape(shape: Shape): Shape {
  if (shape.length !== 4) return shape;
  const [batch, channels, height, width] = shape;
  return [batch!, height!, width!, channels!];
}

/**
 * The engine's axis of a user's axis, which may count from the back.
 *
 * @throws PermafrostError SHAPE_MISMATCH for an axis that does not exist.
 */
export function engineAxis(axis: number, rank: number): number {
  const user = normalizeAxis(axis, rank);
  return rank === 4 ? [0, 2, 3, 1][user]! : user;
}

/**
 * A weight with one value for each place along some axes of a value: its shape for Keras (these axes alone, in order),
 * and for the engine, where it stretches over all other axes.
 *
 * @param shape - The value's, the user's order.
 * @param axes - The user's, each once, without the batch.
 */
export function alongAxes(
  shape: Shape,
  axes: readonly number[],
): {
  readonly shape: readonly number[];
  readonly engine: { readonly permutation: readonly number[]; readonly shape: readonly number[] };
} {
  const rank = shape.length;
  const kept = axes.map((axis) => normalizeAxis(axis, rank)).sort((a, b) => a - b);
  const byEngine = kept.toSorted((a, b) => engineAxis(a, rank) - engineAxis(b, rank));
  const stretched = toEngineShape(shape.map((size, axis) => (kept.includes(axis) ? size : 1))).slice(1);
  return {
    shape: kept.map((axis) => knownSize(shape, axis)),
    engine: { permutation: byEngine.map((axis) => kept.indexOf(axis)), shape: stretched.map(Number) },
  };
}

/** Reorders the axes of row-major data: axis i of the result is axis `permutation[i]` of the data. */
export function permute(
  data: Float32Array,
  shape: readonly number[],
  permutation: readonly number[],
): Float32Array {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  const sizes = permutation.map((axis) => shape[axis]!);
  const steps = permutation.map((axis) => strides[axis]!);
  const result = new Float32Array(data.length);
  const index = new Array<number>(sizes.length).fill(0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < sizes[axis]!) break;
      from -= steps[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** The permutation that undoes another. */
export function inversePermutation(permutation: readonly number[]): number[] {
  const inverse = new Array<number>(permutation.length);
  for (const [to, from] of permutation.entries()) inverse[from] = to;
  return inverse;
}

/**
 * A dimension whose size must be known now.
 *
 * @throws PermafrostError SHAPE_MISMATCH when it is the batch.
 */
export function knownSize(shape: Shape, axis: number): number {
  const dimension: Dimension | undefined = shape.at(axis);
  if (typeof dimension === "number") return dimension;
  throw new PermafrostError("SHAPE_MISMATCH", `axis ${axis} of ${showShape(shape)} has no fixed size.`);
}

/**
 * Height and width of pictures in the engine's order.
 *
 * @throws PermafrostError SHAPE_MISMATCH for values of other than four axes.
 */
export function pictureSize(path: string, shape: Shape): readonly [height: number, width: number] {
  if (shape.length === 4) return [knownSize(shape, 2), knownSize(shape, 3)];
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `${path}: expected input [batch, height, width, channels], got ${showShape(shape)}.`,
  );
}

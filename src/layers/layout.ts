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

/** Elements that are moved together: as many as a line of the processor's cache holds. */
const blockLength = 16;

/**
 * Reorders the axes of row-major data: axis i of the result is axis `permutation[i]` of the data.
 *
 * Goes along the axis that is contiguous in the data, a few elements at a time, so that both what is read and what is written stay in
 * the cache.
 */
export function permute(
  data: Float32Array,
  shape: readonly number[],
  permutation: readonly number[],
): Float32Array {
  const result = new Float32Array(data.length);
  if (data.length === 0) return result;
  const [along, ...others] = walkedAxes(shape, permutation);
  const last = others.at(-1) ?? singleAxis;
  const starts = placesOf(others.slice(0, -1));
  for (let block = 0; block < along!.size; block += blockLength) {
    const count = Math.min(blockLength, along!.size - block);
    for (const { from, to } of starts) {
      let source = from + block;
      let target = to + block * along!.to;
      for (let place = 0; place < last.size; place++) {
        let at = target;
        for (let index = source; index < source + count; index++) {
          result[at] = data[index]!;
          at += along!.to;
        }
        source += last.from;
        target += last.to;
      }
    }
  }
  return result;
}

/** An axis of the result: its size, and how far one step along it goes in the data and in the result. */
interface WalkedAxis {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

const singleAxis: WalkedAxis = { size: 1, from: 0, to: 0 };

/** The axis that is contiguous in the data, then the others in the result's order; those that lie together in both are one. */
function walkedAxes(shape: readonly number[], permutation: readonly number[]): readonly WalkedAxis[] {
  const sizes = permutation.map((axis) => shape[axis]!);
  const [from, to] = [stridesOf(shape), stridesOf(sizes)];
  const joined: WalkedAxis[] = [];
  for (const [axis, size] of sizes.entries()) {
    const own = { size, from: from[permutation[axis]!]!, to: to[axis]! };
    const before = joined.at(-1);
    const isOne = before !== undefined && before.from === size * own.from && before.to === size * own.to;
    if (isOne) joined[joined.length - 1] = { ...own, size: before.size * size };
    else joined.push(own);
  }
  const along = joined.find((axis) => axis.from === 1) ?? singleAxis;
  return [along, ...joined.filter((axis) => axis !== along)];
}

/** The offsets of all places along some axes. */
function placesOf(axes: readonly WalkedAxis[]): readonly { readonly from: number; readonly to: number }[] {
  let places = [{ from: 0, to: 0 }];
  for (const { size, from, to } of axes) {
    places = places.flatMap((place) =>
      Array.from({ length: size }, (_, index) => ({
        from: place.from + index * from,
        to: place.to + index * to,
      })),
    );
  }
  return places;
}

function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
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

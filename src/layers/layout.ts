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

/** Elements of the contiguous axis that are moved together: as far as what is written for them stays in the cache. */
const blockLength = 512;

/** The same where the places that are written share the few lines of the cache that a power of two leaves them: one line's elements. */
const shortBlockLength = 16;

/** Steps along the next axis for each block, so that a line of the cache is filled while it is there. */
const chunkLength = 4;

/**
 * Reorders the axes of row-major data: axis i of the result is axis `permutation[i]` of the data.
 *
 * Goes along the axis that is contiguous in the data, block by block, and in a block along the last axes of the result: long runs are
 * read, and what is written lies together in the cache until its lines are full.
 */
export function permute(
  data: Float32Array,
  shape: readonly number[],
  permutation: readonly number[],
): Float32Array {
  const result = new Float32Array(data.length);
  if (data.length === 0) return result;
  const [along, ...others] = walkedAxes(shape, permutation);
  const [before, last] = [others.at(-2) ?? singleAxis, others.at(-1) ?? singleAxis];
  const starts = placesOf(others.slice(0, -2));
  const length = along!.to % 1024 === 0 ? shortBlockLength : blockLength;
  for (let block = 0; block < along!.size; block += length) {
    const count = Math.min(length, along!.size - block);
    for (const start of starts) {
      for (let chunk = 0; chunk < before.size; chunk += chunkLength) {
        const corner = placeBehind(placeBehind(start, along!, block), before, chunk);
        const steps = Math.min(chunkLength, before.size - chunk);
        moveBlock(data, result, corner, [{ ...along!, size: count }, { ...before, size: steps }, last]);
      }
    }
  }
  return result;
}

/** Moves the elements of a block, which lies along three axes, the first of them contiguous in the data. */
function moveBlock(
  data: Float32Array,
  result: Float32Array,
  corner: Place,
  [along, before, last]: readonly [WalkedAxis, WalkedAxis, WalkedAxis],
): void {
  for (let place = 0; place < last.size; place++) {
    for (let step = 0; step < before.size; step++) {
      const from = corner.from + place * last.from + step * before.from;
      const to = corner.to + place * last.to + step * before.to;
      spread(data, result, from, from + along.size, to, along.to);
    }
  }
}

/** Writes what lies between two places of the data into every so many places of the result. */
function spread(
  data: Float32Array,
  result: Float32Array,
  from: number,
  end: number,
  to: number,
  distance: number,
): void {
  let at = to;
  for (let index = from; index < end; index++) {
    result[at] = data[index]!;
    at += distance;
  }
}

/** Offsets in the data and in the result. */
interface Place {
  readonly from: number;
  readonly to: number;
}

function placeBehind({ from, to }: Place, axis: WalkedAxis, steps: number): Place {
  return { from: from + steps * axis.from, to: to + steps * axis.to };
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
function placesOf(axes: readonly WalkedAxis[]): readonly Place[] {
  let places: readonly Place[] = [{ from: 0, to: 0 }];
  for (const axis of axes)
    places = places.flatMap((place) =>
      Array.from({ length: axis.size }, (_, index) => placeBehind(place, axis, index)),
    );
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

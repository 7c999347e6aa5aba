import { type Dimension, type Shape, showShape } from "../../../tensor/shape.ts";
import { float32, sizeOf, type Tensor } from "../../../tensor/tensor.ts";

/** An element that is known when a model is imported. */
export type Item = Dimension;

/** A value that does not depend on pictures: a weight, a number, or a shape, in which the batch is a word. */
export interface Fixed {
  readonly isFloat: boolean;
  readonly shape: readonly number[];
  readonly items: ArrayLike<Item>;
  /** The initialiser whose numbers these are, moved perhaps; undefined for all that is computed or no weight. */
  readonly weight?: string | undefined;
  /** Repeated over the batch to this shape. */
  readonly stretched?: Shape | undefined;
}

export function fixedOf(tensor: Tensor, weight?: string): Fixed {
  const isFloat = tensor.dtype === "float32";
  const items = tensor.data instanceof BigInt64Array ? Array.from(tensor.data, Number) : tensor.data;
  return { isFloat, shape: tensor.shape, items, ...(isFloat && items.length > 1 ? { weight } : {}) };
}

export function listOf(items: readonly Item[]): Fixed {
  return { isFloat: false, shape: [items.length], items };
}

/** The numbers; undefined where the batch is among them. */
export function numbersOf({ items }: Fixed): readonly number[] | undefined {
  const list = Array.from(items);
  return list.every((item) => typeof item === "number") ? list : undefined;
}

/** As a tensor of a graph; undefined where the batch is among the elements. */
export function tensorOfFixed(fixed: Fixed): Tensor<"float32"> | undefined {
  if (fixed.items instanceof Float32Array) return float32(fixed.shape, fixed.items);
  const numbers = numbersOf(fixed);
  return numbers && float32(fixed.shape, numbers);
}

/** Another view of the same elements. */
export function reshaped(fixed: Fixed, shape: readonly number[]): Fixed {
  if (sizeOf(shape) !== fixed.items.length)
    throw new RangeError(`${showShape(fixed.shape)} as ${showShape(shape)}`);
  return { ...fixed, shape };
}

/** Elements chosen by a function of the index. */
export function gathered(
  fixed: Fixed,
  shape: readonly number[],
  from: (index: readonly number[]) => readonly number[],
): Fixed {
  const index = shape.map(() => 0);
  const count = sizeOf(shape);
  const items: Item[] = fixed.items instanceof Float32Array ? [] : new Array<Item>(count);
  const floats = fixed.items instanceof Float32Array ? new Float32Array(count) : undefined;
  for (let place = 0; place < count; place++) {
    const at = placeOf(fixed.shape, from(index));
    if (floats === undefined) items[place] = fixed.items[at]!;
    else floats[place] = Number(fixed.items[at]);
    advance(index, shape);
  }
  return { ...fixed, shape, items: floats ?? items };
}

/** Results that are larger than this, and than what they are made of, are not computed here: they are no shapes. */
export const mostElements = 2 ** 22;

/**
 * Element by element, axes of size 1 stretched.
 *
 * @throws RangeError for a result of more than `mostElements` that is larger than each input.
 */
export function combined(
  inputs: readonly Fixed[],
  isFloat: boolean,
  compute: (items: readonly Item[]) => Item,
): Fixed {
  const shape = inputs.map((input) => input.shape).reduce(broadcast, []);
  const largest = Math.max(mostElements, ...inputs.map((input) => input.items.length));
  if (sizeOf(shape) > largest) throw new RangeError(`${sizeOf(shape)} elements`);
  const index = shape.map(() => 0);
  const items = Array.from({ length: sizeOf(shape) }, () => {
    const taken = inputs.map((input) => input.items[placeOf(input.shape, index)]!);
    advance(index, shape);
    return compute(taken);
  });
  const stretched = inputs.find((input) => input.stretched !== undefined)?.stretched;
  return { isFloat, shape, items, ...(stretched === undefined ? {} : { stretched }) };
}

function broadcast(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1),
  );
}

function placeOf(shape: readonly number[], index: readonly number[]): number {
  const shift = index.length - shape.length;
  return shape.reduce((place, size, axis) => place * size + (size === 1 ? 0 : index[axis + shift]!), 0);
}

function advance(index: number[], shape: readonly number[]): void {
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis]! += 1;
    if (index[axis]! < shape[axis]!) return;
    index[axis] = 0;
  }
}

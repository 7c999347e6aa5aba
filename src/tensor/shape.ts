import { PermafrostError } from "../base/errors.ts";
import type { DType } from "./tensor.ts";

/** A size known when the graph is built, or the number of samples in a batch, known only when it runs. */
export type Dimension = number | "batch";

export type Shape = readonly Dimension[];

/** What is known of a tensor before it exists. */
export interface TensorType<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
}

/** `[batch, 7, 7, 576]`, as errors and printed graphs show a shape. */
export function showShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** `float32[batch, 10]`. */
export function showType(type: TensorType): string {
  return `${type.dtype}${showShape(type.shape)}`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}

export function sameType(a: TensorType, b: TensorType): boolean {
  return a.dtype === b.dtype && sameShape(a.shape, b.shape);
}

/**
 * The shape of an element-wise result: trailing axes are matched, an axis of 1 stretches (NumPy's rule).
 *
 * @throws PermafrostError SHAPE_MISMATCH naming both shapes.
 */
export function broadcastShapes(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const x = a[axis - rank + a.length] ?? 1;
    const y = b[axis - rank + b.length] ?? 1;
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `shapes ${showShape(a)} and ${showShape(b)} cannot be combined element by element: axis ${axis} has ${x} and ${y}.`,
    );
  });
}

/** The axis counted from the front, 0 to rank - 1, for an axis that may count from the back. */
export function normalizeAxis(axis: number, rank: number): number {
  const result = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || result < 0 || result >= rank) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `axis ${axis} does not exist in a tensor of ${rank} axes: expected an integer from ${-rank} to ${rank - 1}.`,
    );
  }
  return result;
}

/** The shape with "batch" replaced by a number. */
export function bindBatch(shape: Shape, batch: number): number[] {
  return shape.map((dimension) => (dimension === "batch" ? batch : dimension));
}

/** Number of elements of one sample: the product of all dimensions but "batch". */
export function elementsPerSample(shape: Shape): number {
  return shape.reduce<number>(
    (product, dimension) => (dimension === "batch" ? product : product * dimension),
    1,
  );
}

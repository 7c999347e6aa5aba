import { PermafrostError } from "../base/errors.ts";

/** The array that holds the elements of each element type. */
export interface ArrayOf {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int32: Int32Array;
  readonly int64: BigInt64Array;
  readonly uint8: Uint8Array;
  readonly bool: Uint8Array;
}

export type DType = keyof ArrayOf;

/** Elements in row-major order. Plain data: nobody changes a tensor that somebody else made. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: ArrayOf[D];
}

export const bytesPerElement: Readonly<Record<DType, number>> = {
  float32: 4,
  float64: 8,
  int32: 4,
  int64: 8,
  uint8: 1,
  bool: 1,
};

/** Number of elements; 1 for a scalar's empty shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/**
 * A tensor over existing data (no copy).
 *
 * @throws PermafrostError SHAPE_MISMATCH if the data does not have as many elements as the shape says.
 */
export function tensor<D extends DType>(dtype: D, shape: readonly number[], data: ArrayOf[D]): Tensor<D> {
  if (data.length !== sizeOf(shape)) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `tensor: expected ${sizeOf(shape)} elements for shape [${shape.join(", ")}], got ${data.length}.`,
    );
  }
  return { dtype, shape, data };
}

/** A float32 tensor from numbers. */
export function float32(shape: readonly number[], values: ArrayLike<number>): Tensor<"float32"> {
  return tensor("float32", shape, values instanceof Float32Array ? values : Float32Array.from(values));
}

/** A float32 scalar. */
export function scalar(value: number): Tensor<"float32"> {
  return { dtype: "float32", shape: [], data: Float32Array.of(value) };
}

/** Whether a tensor holds elements of this type. */
export function hasDType<D extends DType>(value: Tensor, dtype: D): value is Tensor<D> {
  return value.dtype === dtype;
}

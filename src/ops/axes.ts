import { PermafrostError } from "../base/errors.ts";
import { normalizeAxis, type Shape } from "../tensor/shape.ts";
import { type Tensor, tensor } from "../tensor/tensor.ts";

/** The axes counted from the front, in order, each once; all of them if left out. */
export function reducedAxes(shape: Shape, axes: readonly number[] | undefined): readonly number[] {
  if (axes === undefined) return shape.map((_, axis) => axis);
  const normal = axes.map((axis) => normalizeAxis(axis, shape.length)).sort((a, b) => a - b);
  if (new Set(normal).size !== normal.length)
    throw new PermafrostError("INVALID_ARGUMENT", `expected each axis once, got [${axes.join(", ")}].`);
  return normal;
}

/** The shape with some axes set to 1, or left out. */
export function reducedShape(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  if (keepDims) return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return shape.filter((_, axis) => !axes.includes(axis));
}

/** The permutation that undoes a permutation. */
export function inversePermutation(permutation: readonly number[]): readonly number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}

/** A vector of int64, as ONNX wants shapes, axes and pads. */
export function int64s(values: readonly number[]): Tensor<"int64"> {
  return tensor("int64", [values.length], BigInt64Array.from(values, BigInt));
}

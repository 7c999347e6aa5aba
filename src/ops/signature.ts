import { PermafrostError } from "../base/errors.ts";
import { type Dimension, type Shape, showShape, type TensorType } from "../tensor/shape.ts";
import type { DType } from "../tensor/tensor.ts";

/** Operators without attributes. */
export type NoAttributes = Readonly<Record<never, never>>;

/** Height and width: of a window, of strides, of dilations. */
export type Pair = readonly [height: number, width: number];

/** Rows and columns added at each side. */
export type Pads = readonly [top: number, left: number, bottom: number, right: number];

function mismatch(message: string): PermafrostError {
  return new PermafrostError("SHAPE_MISMATCH", message);
}

/** @throws PermafrostError INVALID_ARGUMENT unless there are as many inputs as the operator takes. */
export function expectInputs(inputs: readonly TensorType[], least: number, most = least): void {
  if (inputs.length >= least && inputs.length <= most) return;
  const expected = least === most ? `${least}` : `${least} to ${most}`;
  throw new PermafrostError("INVALID_ARGUMENT", `expected ${expected} inputs, got ${inputs.length}.`);
}

/** @throws PermafrostError SHAPE_MISMATCH unless all inputs have the same element type. */
export function expectSameDType(inputs: readonly TensorType[]): void {
  const dtypes = new Set(inputs.map((input) => input.dtype));
  if (dtypes.size > 1)
    throw mismatch(`expected inputs of one element type, got ${[...dtypes].join(" and ")}. Use cast first.`);
}

/** @throws PermafrostError SHAPE_MISMATCH unless the input has this element type. */
export function expectDType(input: TensorType, dtype: DType): void {
  if (input.dtype !== dtype) throw mismatch(`expected ${dtype} elements, got ${input.dtype}.`);
}

/** @throws PermafrostError SHAPE_MISMATCH unless the input has this many axes. `axes` names them: "[N, C, H, W]". */
export function expectRank(input: TensorType, rank: number, axes: string): void {
  if (input.shape.length !== rank)
    throw mismatch(`expected ${rank} axes ${axes}, got shape ${showShape(input.shape)}.`);
}

/** @throws PermafrostError SHAPE_MISMATCH unless the input has exactly this shape. */
export function expectShape(what: string, input: TensorType, shape: Shape): void {
  const same = input.shape.length === shape.length && shape.every((size, axis) => size === input.shape[axis]);
  if (!same) throw mismatch(`expected ${what} of shape ${showShape(shape)}, got ${showShape(input.shape)}.`);
}

/** @throws PermafrostError SHAPE_MISMATCH if the dimension is "batch", where a number is needed. */
export function expectNumber(what: string, dimension: Dimension | undefined): number {
  if (typeof dimension === "number") return dimension;
  throw mismatch(`expected ${what} to have a fixed size, got ${dimension ?? "no such axis"}.`);
}

/** @throws PermafrostError INVALID_ARGUMENT unless every number is an integer of at least `least`. */
export function expectIntegers(what: string, values: readonly number[], least: number): void {
  if (values.every((value) => Number.isInteger(value) && value >= least)) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `expected ${what} to be integers of at least ${least}, got [${values.join(", ")}].`,
  );
}

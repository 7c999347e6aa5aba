import { PermafrostError } from "../base/errors.ts";
import type { Operator } from "../graph/operator.ts";
import { normalizeAxis } from "../tensor/shape.ts";
import { float32 } from "../tensor/tensor.ts";
import { int64s } from "./axes.ts";
import { elementTypeCode } from "./elementType.ts";
import { expectInputs, expectIntegers } from "./signature.ts";

export interface OneHotAttributes {
  /** Number of classes: the size of the new last axis. */
  readonly depth: number;
}

/** Labels 0 to depth - 1 of any element type to rows of float32 with one 1. Other labels give a row of zeros. */
export const oneHot: Operator<"oneHot", OneHotAttributes> = {
  name: "oneHot",
  infer(inputs, { depth }) {
    expectInputs(inputs, 1);
    expectIntegers("depth", [depth], 1);
    if (depth > 2 ** 24)
      throw new PermafrostError("INVALID_ARGUMENT", `expected a depth of at most 2^24, got ${depth}.`);
    return [{ dtype: "float32", shape: [...inputs[0]!.shape, depth] }];
  },
  lower(onnx, { inputs, outputs, attributes: { depth } }) {
    const [column, numbers, flags] = [onnx.temporary(), onnx.temporary(), onnx.temporary()];
    const classes = Array.from({ length: depth }, (_, index) => index);
    const toFloat = { to: { int: elementTypeCode.float32 } };
    onnx.node("Unsqueeze", [inputs[0]!, onnx.constant(int64s([-1]))], [column]);
    onnx.node("Cast", [column], [numbers], toFloat);
    onnx.node("Equal", [numbers, onnx.constant(float32([depth], classes))], [flags]);
    onnx.node("Cast", [flags], outputs, toFloat);
  },
};

export interface AxisSizeAttributes {
  readonly axis: number;
}

/** The number of elements along one axis as a float32 scalar: the batch size, for a mean over the batch. */
export const axisSize: Operator<"axisSize", AxisSizeAttributes> = {
  name: "axisSize",
  infer(inputs, { axis }) {
    expectInputs(inputs, 1);
    normalizeAxis(axis, inputs[0]!.shape.length);
    return [{ dtype: "float32", shape: [] }];
  },
  lower(onnx, { inputs, outputs, inputTypes, attributes }) {
    const axis = normalizeAxis(attributes.axis, inputTypes[0]!.shape.length);
    const [size, one] = [onnx.temporary(), onnx.temporary()];
    onnx.node("Shape", inputs, [size], { start: { int: axis }, end: { int: axis + 1 } });
    onnx.node("Cast", [size], [one], { to: { int: elementTypeCode.float32 } });
    onnx.node("Squeeze", [one, onnx.constant(int64s([0]))], outputs);
  },
  mixesBatch: ([x], { axis }) => x!.shape.at(axis) === "batch",
};

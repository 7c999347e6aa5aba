import { PermafrostError } from "../base/errors.ts";
import type { Operator } from "../graph/operator.ts";
import { type Dimension, elementsPerSample, normalizeAxis, type Shape, showShape } from "../tensor/shape.ts";
import { scalar } from "../tensor/tensor.ts";
import { int64s } from "./axes.ts";
import { relu } from "./elementwise.ts";
import { expectInputs, expectIntegers, expectNumber, expectSameDType, expectShape } from "./signature.ts";

/** Elements before, along (1 or none) and behind the batch axis: reshaping keeps them, so that samples stay whole. */
function elementsAroundBatch(shape: Shape): readonly number[] {
  const axis = shape.indexOf("batch");
  if (axis < 0) return [elementsPerSample(shape), 0, 1];
  return [elementsPerSample(shape.slice(0, axis)), 1, elementsPerSample(shape.slice(axis + 1))];
}

/** The new shape. It has the "batch" axis if the old one has it. */
export interface ReshapeAttributes {
  readonly shape: Shape;
}

/** The same elements in the same order under another shape. */
export const reshape: Operator<"reshape", ReshapeAttributes> = {
  name: "reshape",
  infer(inputs, { shape }) {
    expectInputs(inputs, 1);
    const [x] = inputs;
    const split = elementsAroundBatch(x!.shape);
    if (elementsAroundBatch(shape).some((count, side) => count !== split[side])) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `expected a new shape with as many elements as ${showShape(x!.shape)}, before and behind its batch axis, got ${showShape(shape)}.`,
      );
    }
    return [{ dtype: x!.dtype, shape }];
  },
  lower(onnx, { inputs, outputs, inputTypes, attributes }) {
    // 0 keeps the size of the same axis, -1 takes what remains.
    const sizes = attributes.shape.map((size, axis) => {
      if (size !== "batch") return size;
      return inputTypes[0]!.shape[axis] === "batch" ? 0 : -1;
    });
    onnx.node("Reshape", [inputs[0]!, onnx.constant(int64s(sizes))], outputs);
  },
};

/** For each axis of the result, the axis of the input that it comes from. */
export interface TransposeAttributes {
  readonly permutation: readonly number[];
}

/** The axes in another order. */
export const transpose: Operator<"transpose", TransposeAttributes> = {
  name: "transpose",
  infer(inputs, { permutation }) {
    expectInputs(inputs, 1);
    const [x] = inputs;
    const rank = x!.shape.length;
    const complete = permutation.length === rank && x!.shape.every((_, axis) => permutation.includes(axis));
    if (!complete) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `expected a permutation of the axes 0 to ${rank - 1}, got [${permutation.join(", ")}].`,
      );
    }
    return [{ dtype: x!.dtype, shape: permutation.map((axis) => x!.shape[axis]!) }];
  },
  lower: (onnx, { inputs, outputs, attributes }) =>
    onnx.node("Transpose", inputs, outputs, { perm: { ints: attributes.permutation } }),
};

/** The axis along which the inputs are laid one behind the other. */
export interface ConcatAttributes {
  readonly axis: number;
}

/** Joins any number of tensors along one axis; all other axes agree. */
export const concat: Operator<"concat", ConcatAttributes> = {
  name: "concat",
  infer(inputs, { axis: given }) {
    expectInputs(inputs, 1, Number.POSITIVE_INFINITY);
    expectSameDType(inputs);
    const [first] = inputs;
    const axis = normalizeAxis(given, first!.shape.length);
    const sizes = inputs.map((input) => expectNumber(`axis ${axis} of each input`, input.shape[axis]));
    for (const input of inputs)
      expectShape("every input", input, first!.shape.with(axis, input.shape[axis] ?? 0));
    return [
      {
        dtype: first!.dtype,
        shape: first!.shape.with(
          axis,
          sizes.reduce((sum, size) => sum + size, 0),
        ),
      },
    ];
  },
  lower: (onnx, { inputs, outputs, inputTypes, attributes }) =>
    onnx.node("Concat", inputs, outputs, {
      axis: { int: normalizeAxis(attributes.axis, inputTypes[0]!.shape.length) },
    }),
};

/** Elements `start` (included) to `end` (not included) of one axis, both counted from the front. */
export interface SliceAttributes {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
}

/** A part of one axis. */
export const slice: Operator<"slice", SliceAttributes> = {
  name: "slice",
  infer(inputs, { axis: given, start, end }) {
    expectInputs(inputs, 1);
    const [x] = inputs;
    const axis = normalizeAxis(given, x!.shape.length);
    const size = expectNumber(`axis ${axis}`, x!.shape[axis]);
    expectIntegers("start and end", [start, end], 0);
    if (start >= end || end > size) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `expected 0 <= start < end <= ${size} on axis ${axis}, got start ${start} and end ${end}.`,
      );
    }
    return [{ dtype: x!.dtype, shape: x!.shape.with(axis, end - start) }];
  },
  lower(onnx, { inputs, outputs, inputTypes, attributes: { axis, start, end } }) {
    const bounds = [[start], [end], [normalizeAxis(axis, inputTypes[0]!.shape.length)]];
    onnx.node("Slice", [inputs[0]!, ...bounds.map((bound) => onnx.constant(int64s(bound)))], outputs);
  },
};

/** How many elements are added before and behind each axis, one number an axis, and their value (default 0). */
export interface PadAttributes {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly value?: number;
}

/** Surrounds a tensor with a constant. */
export const pad: Operator<"pad", PadAttributes> = {
  name: "pad",
  infer(inputs, { before, after }) {
    expectInputs(inputs, 1);
    const [x] = inputs;
    if (before.length !== x!.shape.length || after.length !== x!.shape.length) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `expected one number before and one after for each axis of ${showShape(x!.shape)}, got [${before.join(", ")}] and [${after.join(", ")}].`,
      );
    }
    expectIntegers("before and after", [...before, ...after], 0);
    const padded = (size: Dimension, axis: number): Dimension => {
      const added = before[axis]! + after[axis]!;
      return added === 0 ? size : expectNumber(`padded axis ${axis}`, size) + added;
    };
    return [{ dtype: x!.dtype, shape: x!.shape.map(padded) }];
  },
  lower(onnx, { inputs, outputs, inputOperators, outputOperators, attributes }) {
    const { before, after, value = 0 } = attributes;
    const pads = onnx.constant(int64s([...before, ...after]));
    // ONNX Runtime makes zeros before a MaxPool part of the pooling, where padding never wins: right only where nothing is below zero. It
    // leaves a Pad alone that names its axes.
    const isHidden = outputOperators[0]!.includes("maxPool2d") && inputOperators[0] !== relu.name;
    const axes = isHidden ? [onnx.constant(int64s(before.map((_, axis) => axis)))] : [];
    onnx.node("Pad", [inputs[0]!, pads, onnx.constant(scalar(value)), ...axes], outputs);
  },
};

import { PermafrostError } from "../base/errors.ts";
import type { Operator } from "../graph/operator.ts";
import { broadcastShapes, type Shape, sameShape, showShape, type TensorType } from "../tensor/shape.ts";
import { int64s } from "./axes.ts";
import { expectInputs, type NoAttributes } from "./signature.ts";

/** The shape of the result. A "batch" axis must be one of the input already; see `broadcastLike` for others. */
export interface BroadcastToAttributes {
  readonly shape: Shape;
}

/** Repeats axes of size 1 and adds axes in front (NumPy's rule). */
export const broadcastTo: Operator<"broadcastTo", BroadcastToAttributes> = {
  name: "broadcastTo",
  infer(inputs, { shape }) {
    expectInputs(inputs, 1);
    const [x] = inputs;
    expectBroadcast(x!, shape);
    const shift = shape.length - x!.shape.length;
    for (const [axis, size] of shape.entries()) {
      if (size === "batch" && x!.shape[axis - shift] !== "batch") {
        throw new PermafrostError(
          "SHAPE_MISMATCH",
          `the size of batch axis ${axis} of ${showShape(shape)} is not known from ${showShape(x!.shape)}. Use broadcastLike.`,
        );
      }
    }
    return [{ dtype: x!.dtype, shape }];
  },
  lower(onnx, { inputs, outputs, attributes }) {
    // Expand's 1 leaves the input's own size, here the batch.
    const sizes = attributes.shape.map((size) => (size === "batch" ? 1 : size));
    onnx.node("Expand", [inputs[0]!, onnx.constant(int64s(sizes))], outputs);
  },
};

/** Repeats the first input so that it has the shape of the second, whose elements do not matter. */
export const broadcastLike: Operator<"broadcastLike", NoAttributes> = {
  name: "broadcastLike",
  infer(inputs) {
    expectInputs(inputs, 2);
    const [x, like] = inputs;
    expectBroadcast(x!, like!.shape);
    return [{ dtype: x!.dtype, shape: like!.shape }];
  },
  lower(onnx, { inputs: [x, like], outputs }) {
    const shape = onnx.temporary();
    onnx.node("Shape", [like!], [shape]);
    onnx.node("Expand", [x!, shape], outputs);
  },
};

function expectBroadcast(x: TensorType, shape: Shape): void {
  if (sameShape(broadcastShapes(x.shape, shape), shape)) return;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `expected a shape that stretches to ${showShape(shape)}, got ${showShape(x.shape)}.`,
  );
}

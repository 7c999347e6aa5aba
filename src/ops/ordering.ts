import { PermafrostError } from "../base/errors.ts";
import type { Operator } from "../graph/operator.ts";
import { showType, type TensorType } from "../tensor/shape.ts";
import { int64s } from "./axes.ts";
import { applyOnnx } from "./emitting.ts";
import { expectInputs, expectNumber, type NoAttributes } from "./signature.ts";

/**
 * The first input, unchanged, but not before the second is known, whose elements do not matter. What is computed from it is
 * computed then, and is no common subexpression of what is computed from the input itself. Both have a batch axis.
 *
 * The engine sees a new shape that is known only from the second input; it copies nothing for it.
 */
export const after: Operator<"after", NoAttributes> = {
  name: "after",
  infer(inputs) {
    expectInputs(inputs, 2);
    for (const input of inputs) batchAxis(input);
    return [inputs[0]!];
  },
  lower(onnx, { inputs: [x, signal], outputs, inputTypes }) {
    const axis = batchAxis(inputTypes[1]!);
    const batch = applyOnnx(onnx, "Shape", [signal!], { start: { int: axis }, end: { int: axis + 1 } });
    const sizes = inputTypes[0]!.shape.map((size) =>
      size === "batch" ? 0 : expectNumber("every other axis", size),
    );
    // No size is below 0, so the largest is x's own (0: as it is). With sizes joined instead VGG16's recomputed step needed 1,290 MB for 1,167.
    const shape = [applyOnnx(onnx, "Neg", [batch]), onnx.constant(int64s(sizes))];
    onnx.node("Reshape", [x!, applyOnnx(onnx, "Max", shape)], outputs);
  },
};

function batchAxis(type: TensorType): number {
  const axis = type.shape.indexOf("batch");
  if (axis >= 0) return axis;
  throw new PermafrostError("SHAPE_MISMATCH", `expected a value with a batch axis, got ${showType(type)}.`);
}

import type { Operator } from "../graph/operator.ts";
import { broadcastShapes } from "../tensor/shape.ts";

/** Operators on elements have no attributes. */
export type NoAttributes = Readonly<Record<never, never>>;

function binary<Name extends string>(name: Name, opType: string): Operator<Name, NoAttributes> {
  return {
    name,
    infer: ([a, b]) => [{ dtype: a!.dtype, shape: broadcastShapes(a!.shape, b!.shape) }],
    lower: (onnx, node) => onnx.node(opType, node.inputs, node.outputs),
  };
}

function unary<Name extends string>(name: Name, opType: string): Operator<Name, NoAttributes> {
  return {
    name,
    infer: ([x]) => [x!],
    lower: (onnx, node) => onnx.node(opType, node.inputs, node.outputs),
  };
}

/** a + b with broadcasting. */
export const add = binary("add", "Add");
/** max(x, 0). */
export const relu = unary("relu", "Relu");

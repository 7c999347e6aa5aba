import { interpret } from "../engine/reference/interpret.ts";
import type { Node } from "../graph/graph.ts";
import { elementsPerSample } from "../tensor/shape.ts";
import { float32 } from "../tensor/tensor.ts";
import type { Rewrite } from "./rewrite.ts";

/**
 * The operators that the interpreter folds. They move elements, or round one exact result: the interpreter's float64 rounded
 * to float32 is then the nearest float32, as the engine computes it. Sums over axes, products of matrices, e^x and the like
 * are not: their bits depend on the engine's order and approximations, and it folds them itself when it loads the graph.
 */
const exactOperators: ReadonlySet<string> = new Set([
  "add",
  "sub",
  "mul",
  "div",
  "neg",
  "abs",
  "square",
  "greater",
  "less",
  "equal",
  "reshape",
  "transpose",
  "concat",
  "slice",
  "pad",
  "broadcastTo",
]);

/** Larger results (frozen filters turned round, say) would cost more memory and time here than the engine needs for them. */
const foldedElements = 16_384;

/** Computes what depends on constants alone, where that gives the engine's bits. */
export function foldConstants(): Rewrite {
  return (node) => {
    if (!isFoldable(node)) return undefined;
    const [result] = interpret({ inputs: [], nodes: [node], outputs: node.outputs }, new Map());
    const tensor = float32(result!.shape, Float32Array.from(result!.data));
    return [{ ...node.outputs[0]!, source: { kind: "constant", tensor } }];
  };
}

function isFoldable({ op, inputs, outputs }: Node): boolean {
  return (
    exactOperators.has(op.name) &&
    inputs.every(({ source, type }) => source.kind === "constant" && type.dtype === "float32") &&
    [...inputs, ...outputs].every(({ type }) => elementsPerSample(type.shape) <= foldedElements)
  );
}

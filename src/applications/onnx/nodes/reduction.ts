import { operators } from "../../../ops/index.ts";
import { normalizeAxis } from "../../../tensor/shape.ts";
import type { NodeRule } from "./nodeRule.ts";

const reduction = (
  op: typeof operators.reduceMean | typeof operators.reduceSum | typeof operators.reduceMax,
): NodeRule => ({
  build(node) {
    const x = node.value(0);
    const rank = x.type.shape.length;
    const axes = node.numbers(1, "axes")?.map((axis) => normalizeAxis(axis, rank));
    const reduced = axes === undefined || axes.length === 0 ? x.type.shape.map((_, axis) => axis) : axes;
    if (reduced.some((axis) => x.type.shape[axis] === "batch"))
      throw node.unsupported("it goes over the batch");
    const attributes = { axes: reduced, keepDims: node.int("keepdims", 1) !== 0 };
    return node.g.apply(op as typeof operators.reduceMean, [x], attributes);
  },
});

export const ReduceMax = reduction(operators.reduceMax);
export const ReduceMean = reduction(operators.reduceMean);
export const ReduceSum = reduction(operators.reduceSum);

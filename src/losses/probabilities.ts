import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";

/** target · (1 - smoothing) + smoothing · share: Keras's label smoothing. */
export function smooth(g: GraphBuilder, target: Value, smoothing: number, share: number): Value {
  if (smoothing === 0) return target;
  const kept = g.apply(operators.mul, [target, g.constant(scalar(1 - smoothing), "kept")], {});
  return g.apply(operators.add, [kept, g.constant(scalar(smoothing * share), "spread")], {});
}

/** Probabilities kept within [1e-7, 1 - 1e-7], in float32 as Keras does: the upper bound is 0.99999988. */
export function clipProbabilities(g: GraphBuilder, probabilities: Value): Value {
  const bounds = { min: Math.fround(1e-7), max: Math.fround(1 - 1e-7) };
  return g.apply(operators.clip, [probabilities], bounds);
}

/** Probabilities divided by their sum along an axis, then clipped. */
export function clippedShares(g: GraphBuilder, probabilities: Value, axis: number): Value {
  const sum = g.apply(operators.reduceSum, [probabilities], { axes: [axis], keepDims: true });
  return clipProbabilities(g, g.apply(operators.div, [probabilities, sum], {}));
}

/** 1 - x. */
export function complement(g: GraphBuilder, x: Value): Value {
  return g.apply(operators.sub, [g.constant(scalar(1), "one"), x], {});
}

/** y · one + (1 - y) · zero: what belongs to the side that the target is on. */
export function chosenSide(g: GraphBuilder, y: Value, one: Value, zero: Value): Value {
  const positive = g.apply(operators.mul, [y, one], {});
  return g.apply(operators.add, [positive, g.apply(operators.mul, [complement(g, y), zero], {})], {});
}

/**
 * What went into a final sigmoid or softmax. Working on it loses no digits (Keras on TensorFlow does the same);
 * undefined if the prediction comes from something else, or from a softmax along another axis.
 */
export function logitsBehind(
  prediction: Value,
  activation: "sigmoid" | "softmax",
  axis?: number,
): Value | undefined {
  const { source } = prediction;
  if (source.kind !== "node" || source.node.op.name !== activation) return undefined;
  if (axis !== undefined && softmaxAxis(prediction, source.node.attributes) !== axis) return undefined;
  return source.node.inputs[0];
}

function softmaxAxis({ type }: Value, attributes: unknown): number {
  const { axis = -1 } = attributes as { readonly axis?: number };
  return axis < 0 ? axis + type.shape.length : axis;
}

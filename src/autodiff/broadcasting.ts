import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { reducedShape } from "../ops/axes.ts";
import { operators } from "../ops/index.ts";
import { type Shape, sameShape } from "../tensor/shape.ts";
import { scalar } from "../tensor/tensor.ts";

/** Undoes broadcasting: sums over the axes that were added in front or stretched, so that `shape` comes out. */
export function sumTo(g: GraphBuilder, value: Value, shape: Shape): Value {
  const from = value.type.shape;
  if (sameShape(from, shape)) return value;
  const shift = from.length - shape.length;
  const axes = from.flatMap((size, axis) => (axis < shift || shape[axis - shift] !== size ? [axis] : []));
  const sum = g.apply(operators.reduceSum, [value], { axes });
  return sameShape(sum.type.shape, shape) ? sum : g.apply(operators.reshape, [sum], { shape });
}

/** Stretches a value to the shape of another; the batch size is taken from it where nothing else tells it. */
export function stretchLike(g: GraphBuilder, value: Value, like: Value): Value {
  const shape = like.type.shape;
  if (sameShape(value.type.shape, shape)) return value;
  const shift = shape.length - value.type.shape.length;
  const unknown = shape.some((size, axis) => size === "batch" && value.type.shape[axis - shift] !== "batch");
  return unknown
    ? g.apply(operators.broadcastLike, [value, like], {})
    : g.apply(operators.broadcastTo, [value], { shape });
}

/** Undoes the loss of axes in a reduction: gives a reduced value its axes of size 1 back. */
export function restoreAxes(g: GraphBuilder, reduced: Value, full: Shape, axes: readonly number[]): Value {
  const shape = reducedShape(full, axes, true);
  return sameShape(reduced.type.shape, shape) ? reduced : g.apply(operators.reshape, [reduced], { shape });
}

/** A float32 scalar constant. */
export function number(g: GraphBuilder, value: number): Value {
  return g.constant(scalar(value), "number");
}

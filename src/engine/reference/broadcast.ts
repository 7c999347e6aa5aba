import type { BroadcastToAttributes } from "../../ops/broadcast.ts";
import type { Shape } from "../../tensor/shape.ts";
import { type Array64, type Evaluate, generate, read } from "./array.ts";

export const broadcastTo: Evaluate<BroadcastToAttributes> = ([x], { shape }) =>
  generate(bindTo(shape, x!), (index) => read(x!, index));

export const broadcastLike: Evaluate<unknown> = ([x, like]) =>
  generate(like!.shape, (index) => read(x!, index));

/** The shape with "batch" replaced by the size that the same axis of x has. */
function bindTo(shape: Shape, x: Array64): number[] {
  const shift = shape.length - x.shape.length;
  return shape.map((size, axis) => (size === "batch" ? x.shape[axis - shift]! : size));
}

import type { Value } from "../../../graph/graph.ts";
import type { NodeBuild } from "./nodeRule.ts";

/** Two numbers; 1 each where none are given. */
export function pair(given: readonly number[] | undefined): readonly [number, number] {
  return [given?.[0] ?? 1, given?.[1] ?? 1];
}

/** Rows and columns at top, left, bottom and right, from the numbers or the rule that the node names. */
export function windowPads(
  node: NodeBuild,
  x: Value,
  size: readonly [number, number],
): readonly [number, number, number, number] {
  const rule = node.text("auto_pad", "NOTSET");
  const [top = 0, left = 0, bottom = 0, right = 0] = node.ints("pads") ?? [];
  if (rule === "NOTSET") return [top, left, bottom, right];
  if (rule === "VALID") return [0, 0, 0, 0];
  const [strides, dilations] = [pair(node.ints("strides")), pair(node.ints("dilations"))];
  const [first, last] = [0, 1].map((axis) => {
    const length = Number(x.type.shape[axis + 2]);
    const reach = (size[axis]! - 1) * dilations[axis]! + 1;
    const total = Math.max(0, (Math.ceil(length / strides[axis]!) - 1) * strides[axis]! + reach - length);
    const small = Math.floor(total / 2);
    return rule === "SAME_UPPER" ? [small, total - small] : [total - small, small];
  }) as [[number, number], [number, number]];
  return [first[0], last[0], first[1], last[1]];
}

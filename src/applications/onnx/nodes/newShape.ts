import type { Value } from "../../../graph/graph.ts";
import { operators } from "../../../ops/index.ts";
import { elementsPerSample, type Shape, sameShape } from "../../../tensor/shape.ts";
import type { Item } from "./fixed.ts";
import type { NodeBuild } from "./nodeRule.ts";

/** The shape that ONNX's 0 (the same axis) and -1 (the rest) stand for. */
export function newShape(node: NodeBuild, from: Shape, wanted: readonly Item[], keepsAtZero = true): Shape {
  const sizes: Item[] = wanted.map((size, axis) => (size === 0 && keepsAtZero ? from[axis]! : size));
  const rest = sizes.indexOf(-1);
  const all = elementsPerSample(from);
  const known = elementsPerSample(sizes.filter((size) => size !== -1));
  const hasBatch = sizes.includes("batch");
  if (rest >= 0) return sizes.with(rest, hasBatch || known !== all ? all / known : "batch");
  // Exporters write the batch of their trace, one picture, into some models.
  if (!hasBatch && sizes[0] === 1 && known === all) return sizes.with(0, "batch");
  if (!hasBatch)
    throw node.unsupported(`the fixed shape [${sizes.join(", ")}], in which the batch has no place`);
  return sizes;
}

/** The same elements under another shape. */
export function toShape(node: NodeBuild, x: Value, shape: Shape): Value {
  if (sameShape(shape, x.type.shape)) return x;
  return node.g.apply(operators.reshape, [x], { shape });
}

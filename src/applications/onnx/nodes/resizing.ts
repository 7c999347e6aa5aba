import { operators } from "../../../ops/index.ts";
import type { NodeBuild, NodeRule } from "./nodeRule.ts";

/** A map at another size: repeated pixels at whole factors, or bilinear between pixel centres at halves. */
export const Resize: NodeRule = {
  build(node) {
    const x = node.value(0);
    if (x.type.shape.length !== 4) throw node.unsupported(`resizing of ${x.type.shape.length} axes`);
    const given = x.type.shape.slice(2).map(Number);
    const size = newSize(node, given);
    const mode = node.text("mode", "nearest");
    const centres = node.text("coordinate_transformation_mode", "half_pixel");
    if (node.int("antialias", 0) !== 0) throw node.unsupported("resizing with antialias");
    if (mode === "nearest" && repeats(node, centres) && size.every((each, axis) => each % given[axis]! === 0))
      return node.g.apply(operators.resize2d, [x], { size, interpolation: "nearest", antialias: false });
    // Where a side has one pixel PyTorch takes the first one.
    const isHalf = centres === "half_pixel" || (centres === "pytorch_half_pixel" && Math.min(...size) > 1);
    if (mode === "linear" && isHalf)
      return node.g.apply(operators.resize2d, [x], { size, interpolation: "bilinear", antialias: false });
    throw node.unsupported(`resizing by ${mode} with the coordinates ${centres}`);
  },
};

/** Whether pixels at whole factors are repeated: at edges between two the lower one is to be taken. */
function repeats(node: NodeBuild, centres: string): boolean {
  const rounding = node.text("nearest_mode", "round_prefer_floor");
  return centres === "asymmetric"
    ? rounding === "floor"
    : /^(pytorch_)?half_pixel$/.test(centres) && rounding !== "ceil";
}

function newSize(node: NodeBuild, [height, width]: readonly number[]): readonly [number, number] {
  if (node.ints("axes") !== undefined) throw node.unsupported("resizing of chosen axes");
  if (node.has(3)) {
    const sizes = node.items(3)!;
    return [Number(sizes[2]), Number(sizes[3])];
  }
  const scales = node.numbers(2) ?? [];
  const size = [height! * (scales[2] ?? 0), width! * (scales[3] ?? 0)] as const;
  const isWhole = scales.length === 4 && scales[0] === 1 && scales[1] === 1 && size.every(Number.isInteger);
  if (!isWhole) throw node.unsupported(`resizing by [${scales.join(", ")}], which gives no whole size`);
  return size;
}

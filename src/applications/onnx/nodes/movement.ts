import type { Value } from "../../../graph/graph.ts";
import { operators } from "../../../ops/index.ts";
import { type Dimension, elementsPerSample, normalizeAxis } from "../../../tensor/shape.ts";
import { newShape, toShape } from "./newShape.ts";
import type { NodeBuild, NodeRule } from "./nodeRule.ts";

export const Reshape: NodeRule = {
  build(node) {
    const x = node.value(0);
    const wanted = node.items(1, "shape");
    if (wanted === undefined) throw node.unsupported("no shape is given");
    return toShape(node, x, newShape(node, x.type.shape, wanted, node.int("allowzero", 0) === 0));
  },
};

export const Flatten: NodeRule = {
  build(node) {
    const x = node.value(0);
    if (normalizeAxis(node.int("axis", 1), x.type.shape.length) !== 1)
      throw node.unsupported("it joins the batch with other axes");
    return toShape(node, x, ["batch", elementsPerSample(x.type.shape)]);
  },
};

export const Transpose: NodeRule = {
  build(node) {
    const x = node.value(0);
    const permutation = node.ints("perm") ?? x.type.shape.map((_, axis) => axis).reverse();
    return node.g.apply(operators.transpose, [x], { permutation });
  },
};

export const Squeeze: NodeRule = {
  build(node) {
    const x = node.value(0);
    const { shape } = x.type;
    const axes = node.numbers(1, "axes")?.map((axis) => normalizeAxis(axis, shape.length));
    return toShape(
      node,
      x,
      shape.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis))),
    );
  },
};

export const Unsqueeze: NodeRule = {
  build(node) {
    const x = node.value(0);
    const axes = node.numbers(1, "axes") ?? [];
    const rank = x.type.shape.length + axes.length;
    const added = axes.map((axis) => normalizeAxis(axis, rank));
    const own = [...x.type.shape];
    return toShape(
      node,
      x,
      Array.from({ length: rank }, (_, axis) => (added.includes(axis) ? 1 : own.shift()!)),
    );
  },
};

/** Weights that are repeated over the batch (a class token) are stretched like the others. */
export const Concat: NodeRule = {
  weights: "all",
  build(node) {
    const places = Array.from({ length: node.count }, (_, place) => place);
    const computed = places
      .map((place) => node.value(place))
      .find(({ type }) => type.shape.includes("batch"));
    const axis = normalizeAxis(node.int("axis", 1), computed!.type.shape.length);
    const parts = places.map((place) => alongBatch(node, node.value(place), computed!, axis));
    return node.g.apply(operators.concat, parts, { axis });
  },
};

function alongBatch(node: NodeBuild, part: Value, like: Value, axis: number): Value {
  if (part.type.shape.includes("batch")) return part;
  const size = Number(part.type.shape[axis]);
  if (size > Number(like.type.shape[axis]))
    throw node.unsupported("a weight longer than what it is joined to");
  const pattern = node.g.apply(operators.slice, [like], { axis, start: 0, end: size });
  return node.g.apply(operators.broadcastLike, [part, pattern], {});
}

export const Slice: NodeRule = {
  build(node) {
    let x = node.value(0);
    const starts = node.numbers(1, "starts") ?? [];
    const ends = node.numbers(2, "ends") ?? [];
    const axes = node.numbers(3, "axes") ?? starts.map((_, axis) => axis);
    const steps = node.numbers(4) ?? starts.map(() => 1);
    for (const [index, given] of axes.entries()) {
      const axis = normalizeAxis(given, x.type.shape.length);
      if (steps[index] !== 1) throw node.unsupported(`a step of ${steps[index]}`);
      x = part(node, x, axis, starts[index]!, ends[index]!);
    }
    return x;
  },
};

/** Elements of one axis; bounds count from the back where they are negative. */
function part(node: NodeBuild, x: Value, axis: number, from: number, to: number): Value {
  const size: Dimension = x.type.shape[axis]!;
  if (size === "batch") {
    if (from === 0 && to >= 2 ** 31 - 1) return x;
    throw node.unsupported("a part of the batch");
  }
  const bound = (at: number) => Math.min(size, Math.max(0, at < 0 ? at + size : at));
  const [start, end] = [bound(from), bound(to)];
  return start === 0 && end === size ? x : node.g.apply(operators.slice, [x], { axis, start, end });
}

/** One element of an axis, which then is left out, or a run of neighbours. */
export const Gather: NodeRule = {
  build(node) {
    const x = node.value(0);
    const axis = normalizeAxis(node.int("axis", 0), x.type.shape.length);
    const places = node.numbers(1);
    if (places === undefined || places.length === 0) throw node.unsupported("places that are not fixed");
    const size = Number(x.type.shape[axis]);
    const [first] = places.map((place) => (place < 0 ? place + size : place));
    if (places.some((place, index) => (place < 0 ? place + size : place) !== first! + index))
      throw node.unsupported("places that are not next to each other");
    const taken = part(node, x, axis, first!, first! + places.length);
    if (node.fixed(1)!.shape.length > 0) return taken;
    return toShape(node, taken, x.type.shape.toSpliced(axis, 1));
  },
};

export const Split: NodeRule = {
  build(node) {
    const x = node.value(0);
    const axis = normalizeAxis(node.int("axis", 0), x.type.shape.length);
    const size = Number(x.type.shape[axis]);
    const { outputs } = node.node;
    const length = Math.ceil(size / outputs.length);
    const lengths =
      node.numbers(1, "split") ?? outputs.map((_, place) => Math.min(length, size - place * length));
    let start = 0;
    return lengths.map((each) => {
      start += each;
      return part(node, x, axis, start - each, start);
    });
  },
};

export const Pad: NodeRule = {
  build(node) {
    const x = node.value(0);
    const rank = x.type.shape.length;
    const given = node.numbers(1, "pads") ?? [];
    if (node.text("mode", "constant") !== "constant")
      throw node.unsupported(`the mode ${node.text("mode", "")}`);
    const axes =
      node.numbers(3)?.map((axis) => normalizeAxis(axis, rank)) ?? x.type.shape.map((_, axis) => axis);
    const side = (first: number) => {
      const sizes = x.type.shape.map((_, axis) => {
        const place = axes.indexOf(axis);
        return place < 0 ? 0 : given[first + place]!;
      });
      if (sizes.some((size) => size < 0)) throw node.unsupported("a negative border");
      return sizes;
    };
    const value = node.numbers(2)?.[0] ?? node.float("value", 0);
    return node.g.apply(operators.pad, [x], { before: side(0), after: side(axes.length), value });
  },
};

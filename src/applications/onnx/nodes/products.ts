import type { Value } from "../../../graph/graph.ts";
import { operators } from "../../../ops/index.ts";
import type { NodeRule } from "./nodeRule.ts";
import { pair, windowPads } from "./windows.ts";

/** alpha · op(A) op(B) + beta · C. */
export const Gemm: NodeRule = {
  weights: "all",
  build(node) {
    const { g } = node;
    const product = g.apply(operators.matMul, [node.value(0), node.value(1)], {
      transposeA: node.int("transA", 0) !== 0,
      transposeB: node.int("transB", 0) !== 0,
      alpha: node.float("alpha", 1),
    });
    if (!node.has(2)) return product;
    const beta = node.float("beta", 1);
    const bias = beta === 1 ? node.value(2) : g.apply(operators.mul, [node.value(2), node.number(beta)], {});
    return g.apply(operators.add, [product, bias], {});
  },
};

export const MatMul: NodeRule = {
  weights: "all",
  build(node) {
    const [a, b] = [node.value(0), node.value(1)];
    const [left, right] = [a, b].map(({ type }) => type.shape.length);
    if (left === 2 && right === 2) return node.g.apply(operators.matMul, [a, b], {});
    if (left! >= 3 && (right === 2 || right === left)) return node.g.apply(operators.batchMatMul, [a, b], {});
    throw node.unsupported(`a product of ${left} and ${right} axes`);
  },
};

/** A convolution of pictures. */
export const Conv: NodeRule = {
  weights: [1, 2],
  build(node) {
    const [x, filters] = [node.value(0), node.value(1)];
    if (x.type.shape.length !== 4)
      throw node.unsupported(`a convolution over ${x.type.shape.length - 2} axes`);
    const size = filters.type.shape.slice(2).map(Number) as [number, number];
    const attributes = {
      strides: pair(node.ints("strides")),
      dilations: pair(node.ints("dilations")),
      pads: windowPads(node, x, size),
      groups: node.int("group", 1),
    };
    const inputs: Value[] = [x, filters, ...(node.has(2) ? [node.value(2)] : [])];
    return node.g.apply(operators.conv2d, inputs, attributes);
  },
};

/** A transposed convolution of pictures: the gradient of a convolution by its input. */
export const ConvTranspose: NodeRule = {
  weights: [1, 2],
  build(node) {
    const [x, filters] = [node.value(0), node.value(1)];
    if (x.type.shape.length !== 4)
      throw node.unsupported(`a transposed convolution over ${x.type.shape.length - 2} axes`);
    const rule = node.text("auto_pad", "NOTSET");
    if (node.ints("output_shape") !== undefined || !["NOTSET", "VALID"].includes(rule))
      throw node.unsupported("a transposed convolution whose pads follow from a size");
    const pads = windowPads(node, x, [1, 1]);
    const [strides, dilations] = [pair(node.ints("strides")), pair(node.ints("dilations"))];
    const extra = node.ints("output_padding") ?? [0, 0];
    const inputSize = [0, 1].map((axis) => {
      const reach = (Number(filters.type.shape[axis + 2]) - 1) * dilations[axis]! + 1;
      const steps = strides[axis]! * (Number(x.type.shape[axis + 2]) - 1);
      return steps + reach + (extra[axis] ?? 0) - pads[axis]! - pads[axis + 2]!;
    }) as [number, number];
    const groups = node.int("group", 1);
    const attributes = { strides, dilations, pads, groups, inputSize };
    const y = node.g.apply(operators.conv2dInputGradient, [x, filters], attributes);
    if (!node.has(2)) return y;
    const channels = Number(y.type.shape[1]);
    const bias = node.g.apply(operators.reshape, [node.value(2)], { shape: [channels, 1, 1] });
    return node.g.apply(operators.add, [y, bias], {});
  },
};

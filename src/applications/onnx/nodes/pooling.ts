import type { Value } from "../../../graph/graph.ts";
import { operators } from "../../../ops/index.ts";
import type { NodeBuild, NodeRule } from "./nodeRule.ts";
import { pair, windowPads } from "./windows.ts";

function windowOf(node: NodeBuild) {
  const x = node.value(0);
  if (x.type.shape.length !== 4) throw node.unsupported(`a pooling over ${x.type.shape.length - 2} axes`);
  if (pair(node.ints("dilations")).some((step) => step !== 1))
    throw node.unsupported("a pooling with dilations");
  const size = pair(node.ints("kernel_shape"));
  const strides = pair(node.ints("strides"));
  const pads = windowPads(node, x, size);
  if (node.int("ceil_mode", 0) !== 0 && !dividesEvenly(x, size, strides, pads))
    throw node.unsupported("a pooling with ceil_mode whose last window leaves the picture");
  return { x, size, strides, pads };
}

/** Whether rounding up and down give the same number of windows. */
function dividesEvenly(
  { type: { shape } }: Value,
  size: readonly [number, number],
  strides: readonly [number, number],
  pads: readonly [number, number, number, number],
): boolean {
  return ([0, 1] as const).every((axis) => {
    const room = Number(shape[axis + 2]) + pads[axis] + pads[(axis + 2) as 2 | 3] - size[axis];
    return room % strides[axis] === 0;
  });
}

export const MaxPool: NodeRule = {
  build(node) {
    const { x, ...window } = windowOf(node);
    return node.g.apply(operators.maxPool2d, [x], window);
  },
};

export const AveragePool: NodeRule = {
  build(node) {
    const { x, ...window } = windowOf(node);
    const [top, left, bottom, right] = window.pads;
    const isPadded = window.pads.some((rows) => rows > 0);
    if (node.int("count_include_pad", 0) === 0 || !isPadded)
      return node.g.apply(operators.averagePool2d, [x], window);
    const before = [0, 0, top, left];
    const after = [0, 0, bottom, right];
    const padded = node.g.apply(operators.pad, [x], { before, after });
    return node.g.apply(operators.averagePool2d, [padded], { ...window, pads: [0, 0, 0, 0] });
  },
};

export const GlobalAveragePool: NodeRule = {
  build: (node) => node.g.apply(operators.globalAveragePool2d, [node.value(0)], {}),
};

export const GlobalMaxPool: NodeRule = {
  build: (node) => node.g.apply(operators.reduceMax, [node.value(0)], { axes: [2, 3], keepDims: true }),
};

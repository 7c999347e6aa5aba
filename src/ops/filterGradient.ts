import type { OnnxEmitter } from "../graph/operator.ts";
import { int64s } from "./axes.ts";
import type { Pair } from "./signature.ts";
import type { Window } from "./window.ts";

/** What the filter gradient of one convolution is computed from. Names are of ONNX values. */
export interface FilterGradientParts {
  /** [N, C, H, W]. */
  readonly x: string;
  /** [N, K, rows, columns]. */
  readonly dy: string;
  readonly imageSize: Pair;
  readonly counts: Pair;
  readonly window: Window;
  /** [K, C, h, w]. */
  readonly shape: readonly number[];
}

/** [N, C, ...] to [C, N, ...]. */
function channelsFirst(onnx: OnnxEmitter, x: string): string {
  return apply(onnx, "Transpose", [x], { perm: { ints: [1, 0, 2, 3] } });
}

function apply(onnx: OnnxEmitter, ...[opType, inputs, attributes, domain]: ApplyParameters): string {
  const name = onnx.temporary();
  onnx.node(opType, inputs, [name], attributes, domain);
  return name;
}
type NodeParameters = Parameters<OnnxEmitter["node"]>;
type ApplyParameters = [NodeParameters[0], NodeParameters[1], NodeParameters[3]?, NodeParameters[4]?];

function reshape(onnx: OnnxEmitter, x: string, sizes: readonly number[]): string {
  return apply(onnx, "Reshape", [x, onnx.constant(int64s(sizes))]);
}

/**
 * The gradient by the filters of a convolution without groups: for each place under the window, a matrix product of dy
 * [K, N rows columns] with the part of x that this place met [C, N rows columns], transposed. Faster than a convolution
 * of x, and with little memory.
 */
export function denseFilterGradient(onnx: OnnxEmitter, parts: FilterGradientParts): string {
  const { window, counts, shape } = parts;
  const [, channels] = shape;
  const [top, left, bottom, right] = window.pads;
  const image = channelsFirst(onnx, parts.x);
  const isPadded = window.pads.some((pad) => pad > 0);
  const padded = isPadded
    ? apply(onnx, "Pad", [image, onnx.constant(int64s([0, 0, top, left, 0, 0, bottom, right]))])
    : image;
  const dy = reshape(onnx, channelsFirst(onnx, parts.dy), [shape[0]!, -1]);
  const products: string[] = [];
  for (let row = 0; row < window.size[0]; row++) {
    for (let column = 0; column < window.size[1]; column++) {
      const start = [row * window.dilations[0], column * window.dilations[1]];
      const end = start.map((from, axis) => from + (counts[axis]! - 1) * window.strides[axis]! + 1);
      const bounds = [start, end, [2, 3], window.strides].map((values) => onnx.constant(int64s(values)));
      const met = reshape(onnx, apply(onnx, "Slice", [padded, ...bounds]), [channels!, -1]);
      const product = apply(onnx, "FusedMatMul", [dy, met], { transB: { int: 1 } }, "com.microsoft");
      products.push(apply(onnx, "Unsqueeze", [product, onnx.constant(int64s([2]))]));
    }
  }
  return reshape(onnx, apply(onnx, "Concat", products, { axis: { int: 2 } }), shape);
}

/** The same for windows of one pixel that meet every pixel: one product a sample, then their sum. */
export function pointwiseFilterGradient(onnx: OnnxEmitter, { x, dy, shape }: FilterGradientParts): string {
  const factors = [reshape(onnx, dy, [0, 0, -1]), reshape(onnx, x, [0, 0, -1])];
  const products = apply(onnx, "FusedMatMul", factors, { transB: { int: 1 } }, "com.microsoft");
  const axes = onnx.constant(int64s([0]));
  return reshape(onnx, apply(onnx, "ReduceSum", [products, axes], { keepdims: { int: 0 } }), shape);
}

/** The same where each channel has its own filter: one convolution of x with dy, samples taking the place of channels. */
export function depthwiseFilterGradient(onnx: OnnxEmitter, parts: FilterGradientParts): string {
  const { window, counts, shape, imageSize } = parts;
  const [channels] = shape;
  const ends = [0, 1].map((axis) => {
    // The last rows that no window reached must not add a place to the result.
    const reached =
      (counts[axis]! - 1) * window.strides[axis]! + (window.size[axis]! - 1) * window.dilations[axis]! + 1;
    return reached - imageSize[axis]! - window.pads[axis]!;
  });
  const kept = imageSize.map((size, axis) => size + Math.min(ends[axis]!, 0));
  const bounds = [[0, 0], kept, [2, 3]].map((values) => onnx.constant(int64s(values)));
  const isCut = ends.some((end) => end < 0);
  const image = isCut ? apply(onnx, "Slice", [parts.x, ...bounds]) : parts.x;
  const asOneSample = reshape(onnx, channelsFirst(onnx, image), [1, -1, ...kept]);
  const gradient = apply(onnx, "Conv", [asOneSample, channelsFirst(onnx, parts.dy)], {
    kernel_shape: { ints: counts },
    strides: { ints: window.dilations },
    dilations: { ints: window.strides },
    pads: { ints: [window.pads[0], window.pads[1], ...ends.map((end) => Math.max(end, 0))] },
    group: { int: channels! },
  });
  return reshape(onnx, gradient, shape);
}

/** The same for any groups: each group by itself, then one behind the other. */
export function groupedFilterGradient(onnx: OnnxEmitter, parts: FilterGradientParts, groups: number): string {
  const [filters, channels] = parts.shape;
  const part = (x: string, index: number, size: number): string => {
    const bounds = [[index * size], [(index + 1) * size], [1]].map((values) => onnx.constant(int64s(values)));
    return apply(onnx, "Slice", [x, ...bounds]);
  };
  const perGroup = filters! / groups;
  const gradients = Array.from({ length: groups }, (_, index) =>
    denseFilterGradient(onnx, {
      ...parts,
      x: part(parts.x, index, channels!),
      dy: part(parts.dy, index, perGroup),
      shape: parts.shape.with(0, perGroup),
    }),
  );
  return apply(onnx, "Concat", gradients, { axis: { int: 0 } });
}

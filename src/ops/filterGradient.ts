import type { OnnxEmitter, Workspace } from "../graph/operator.ts";
import { int64s } from "./axes.ts";
import { canBeBlocked } from "./blockedConvolution.ts";
import { blockedFilterGradient } from "./blockedGradient.ts";
import {
  filterGradientByProducts,
  filterGradientBySlices,
  isFilterBetterAsProducts,
} from "./depthwiseGradient.ts";
import { applyOnnx, reshapeOnnx } from "./emitting.ts";
import type { FilterGradientParts, FilterGradientShape } from "./filterGradientParts.ts";
import { endOfWindows } from "./window.ts";

/** [N, C, ...] to [C, N, ...]. */
function channelsFirst(onnx: OnnxEmitter, x: string): string {
  return applyOnnx(onnx, "Transpose", [x], { perm: { ints: [1, 0, 2, 3] } });
}

/**
 * The gradient by the filters of a convolution without groups: for each place under the window, a matrix product of dy
 * [K, N rows columns] with the part of x that this place met [C, N rows columns], transposed. Faster than a convolution
 * of x, and with little memory. Few channels (a network's first layer) are taken in one product, which reads dy once; large
 * images are taken sample by sample, where nothing has to be turned around.
 */
export function denseFilterGradient(onnx: OnnxEmitter, parts: FilterGradientParts): string {
  const [filters, channels, height, width] = parts.shape;
  if (isTakenBySample(parts)) return filterGradientBySample(onnx, parts);
  const dy = reshapeOnnx(onnx, channelsFirst(onnx, parts.dy), [filters!, -1]);
  const image = channelsFirst(onnx, parts.x);
  const met = partsMet(onnx, image, parts).map((part) => reshapeOnnx(onnx, part, [channels!, -1]));
  if (channels! <= fewChannels) {
    const rows = applyOnnx(onnx, "Concat", met, { axis: { int: 0 } });
    const product = productOfRows(onnx, dy, rows);
    const gradient = reshapeOnnx(onnx, product, [filters!, height!, width!, channels!]);
    return applyOnnx(onnx, "Transpose", [gradient], { perm: { ints: [0, 3, 1, 2] } });
  }
  const products = met.map((rows) => productOfRows(onnx, dy, rows));
  return joinedTaps(onnx, products, parts);
}

const fewChannels = 4;

/** From so many places on, one sample's products are large enough to be as fast as those of a batch. */
const largeImage = 4096;

function isTakenBySample({ shape, counts, window }: FilterGradientShape): boolean {
  const isStepless = window.strides.every((stride) => stride === 1);
  return isStepless && shape[1]! > fewChannels && counts[0] * counts[1] >= largeImage;
}

/** What `denseFilterGradient` lays out. */
export function denseFilterWorkspace(parts: FilterGradientShape): Workspace {
  const { shape, imageSize, window, counts } = parts;
  const [filters, channels, height, width] = shape;
  const [top, left, bottom, right] = window.pads;
  const picture = channels! * imageSize[0] * imageSize[1];
  const padded = channels! * (imageSize[0] + top + bottom) * (imageSize[1] + left + right);
  const places = counts[0] * counts[1];
  if (isTakenBySample(parts)) return { passing: channels! * places + filters! * channels! };
  const met = channels! * places * (channels! <= fewChannels ? 2 * height! * width! : 1);
  return { passing: filters! * places + padded + Math.max(picture, met) };
}

/** The same by a product for each sample and place under the window, with no copy of x or dy but the part of x that is met. */
function filterGradientBySample(onnx: OnnxEmitter, parts: FilterGradientParts): string {
  const met = shiftedImages(onnx, parts).map((part) => reshapeOnnx(onnx, part, [0, 0, -1]));
  // Of a product's factors ONNX Runtime computes the one that is written last first: dy before the copies of x.
  const dy = reshapeOnnx(onnx, parts.dy, [0, 0, -1]);
  const samples = onnx.constant(int64s([0]));
  const products = met.map((part) =>
    applyOnnx(onnx, "ReduceSum", [productOfRows(onnx, dy, part), samples], { keepdims: { int: 0 } }),
  );
  return joinedTaps(onnx, products, parts);
}

/** What `partsMet` gives of x where a window moves by single pixels: each with one node, which pads on one side and cuts on the other. */
function shiftedImages(
  onnx: OnnxEmitter,
  { x, window, counts, imageSize }: FilterGradientParts,
): readonly string[] {
  const met: string[] = [];
  for (let row = 0; row < window.size[0]; row++) {
    for (let column = 0; column < window.size[1]; column++) {
      const before = [
        window.pads[0] - row * window.dilations[0],
        window.pads[1] - column * window.dilations[1],
      ];
      const behind = before.map((pad, axis) => counts[axis]! - imageSize[axis]! - pad);
      const isWhole = [...before, ...behind].every((pad) => pad === 0);
      const pads = onnx.constant(int64s([0, 0, ...before, 0, 0, ...behind]));
      met.push(isWhole ? x : applyOnnx(onnx, "Pad", [x, pads]));
    }
  }
  return met;
}

/** [..., K, places] and [..., C, places] to [..., K, C]. */
function productOfRows(onnx: OnnxEmitter, dy: string, x: string): string {
  return applyOnnx(onnx, "FusedMatMul", [dy, x], { transB: { int: 1 } }, "com.microsoft");
}

/** [K, C] for each place under the window to [K, C, h, w]. */
function joinedTaps(onnx: OnnxEmitter, products: readonly string[], { shape }: FilterGradientParts): string {
  const last = onnx.constant(int64s([2]));
  const columns = products.map((product) => applyOnnx(onnx, "Unsqueeze", [product, last]));
  return reshapeOnnx(onnx, applyOnnx(onnx, "Concat", columns, { axis: { int: 2 } }), shape);
}

/**
 * For each place under the window, the part of an image [., ., H, W] that it met, [., ., rows, columns]. A slice that leaves out
 * columns copies number by number; so the columns are parted once by their place between two windows, and the slices
 * copy rows.
 */
function partsMet(
  onnx: OnnxEmitter,
  image: string,
  { window, counts, imageSize }: FilterGradientParts,
): readonly string[] {
  const step = window.strides[1];
  const [top, left, bottom] = window.pads;
  const columns = Math.ceil((imageSize[1] + left + window.pads[3]) / step);
  const right = columns * step - imageSize[1] - left;
  const isPadded = [top, left, bottom, right].some((pad) => pad > 0);
  const whole = isPadded
    ? applyOnnx(onnx, "Pad", [image, onnx.constant(int64s([0, 0, top, left, 0, 0, bottom, right]))])
    : image;
  const parted = partedColumns(onnx, whole, step, columns);
  const met: string[] = [];
  for (let row = 0; row < window.size[0]; row++) {
    for (let column = 0; column < window.size[1]; column++) {
      const [first, from] = [row, column].map((at, axis) => at * window.dilations[axis]!);
      const start = [first!, Math.floor(from! / step)];
      const end = [first! + (counts[0] - 1) * window.strides[0] + 1, start[1]! + counts[1]];
      const bounds = [start, end, [2, 3], [window.strides[0], 1]].map((values) =>
        onnx.constant(int64s(values)),
      );
      met.push(applyOnnx(onnx, "Slice", [parted[from! % step]!, ...bounds]));
    }
  }
  return met;
}

/** Every `step`-th column of an image [., ., H, columns * step], beginning with the first, the second and so on. */
function partedColumns(onnx: OnnxEmitter, image: string, step: number, columns: number): readonly string[] {
  if (step === 1) return [image];
  const apart = reshapeOnnx(onnx, image, [0, 0, -1, columns, step]);
  const parts = Array.from({ length: step }, () => onnx.temporary());
  onnx.node("Split", [apart], parts, { axis: { int: 4 }, num_outputs: { int: step } });
  return parts.map((part) => reshapeOnnx(onnx, part, [0, 0, -1, columns]));
}

/**
 * The same for windows of one pixel that meet every pixel: one product a sample, then their sum; where the products would be larger
 * than both sides, these are turned around for one product of all; for images of one pixel it needs no turning.
 */
export function pointwiseFilterGradient(
  onnx: OnnxEmitter,
  { x, dy, shape, counts }: FilterGradientParts,
): string {
  const [filters, channels] = shape;
  if (counts[0] * counts[1] === 1) {
    const rows = [reshapeOnnx(onnx, dy, [0, filters!]), reshapeOnnx(onnx, x, [0, channels!])];
    const product = applyOnnx(onnx, "FusedMatMul", rows, { transA: { int: 1 } }, "com.microsoft");
    return reshapeOnnx(onnx, product, shape);
  }
  if (filters! * channels! > (filters! + channels!) * counts[0] * counts[1]) {
    const rows = (image: string, count: number) => reshapeOnnx(onnx, channelsFirst(onnx, image), [count, -1]);
    return reshapeOnnx(onnx, productOfRows(onnx, rows(dy, filters!), rows(x, channels!)), shape);
  }
  const products = productOfRows(onnx, reshapeOnnx(onnx, dy, [0, 0, -1]), reshapeOnnx(onnx, x, [0, 0, -1]));
  const axes = onnx.constant(int64s([0]));
  return reshapeOnnx(onnx, applyOnnx(onnx, "ReduceSum", [products, axes], { keepdims: { int: 0 } }), shape);
}

/** The same where each channel has its own filter, in the form that is fastest for its shape. */
export function depthwiseFilterGradient(onnx: OnnxEmitter, parts: FilterGradientParts): string {
  const { window } = parts;
  const { channelBlock: block, largestBatch } = onnx;
  if (block !== undefined && largestBatch !== undefined && canBeBlocked(parts.shape[0]!))
    return blockedFilterGradient(onnx, parts, { block, largestBatch });
  if (isFilterBetterAsProducts({ ...parts, channels: parts.shape[0]! }))
    return filterGradientByProducts(onnx, parts);
  const isStepless = window.strides.every((stride) => stride === 1);
  if (isStepless && window.size[0] * window.size[1] <= 9) return filterGradientBySlices(onnx, parts);
  return depthwiseByConvolution(onnx, parts);
}

/** The same by one convolution of x with dy, samples taking the place of channels. */
function depthwiseByConvolution(onnx: OnnxEmitter, parts: FilterGradientParts): string {
  const { window, counts, shape, imageSize } = parts;
  const [channels] = shape;
  // The last rows that no window reached must not add a place to the result.
  const ends = endOfWindows(window, counts, imageSize);
  const kept = imageSize.map((size, axis) => size + Math.min(ends[axis]!, 0));
  const bounds = [[0, 0], kept, [2, 3]].map((values) => onnx.constant(int64s(values)));
  const isCut = ends.some((end) => end < 0);
  const image = isCut ? applyOnnx(onnx, "Slice", [parts.x, ...bounds]) : parts.x;
  const asOneSample = reshapeOnnx(onnx, channelsFirst(onnx, image), [1, -1, ...kept]);
  const gradient = applyOnnx(onnx, "Conv", [asOneSample, channelsFirst(onnx, parts.dy)], {
    kernel_shape: { ints: counts },
    strides: { ints: window.dilations },
    dilations: { ints: window.strides },
    pads: { ints: [window.pads[0], window.pads[1], ...ends.map((end) => Math.max(end, 0))] },
    group: { int: channels! },
  });
  return reshapeOnnx(onnx, gradient, shape);
}

/** The same for any groups: each group by itself, then one behind the other. */
export function groupedFilterGradient(onnx: OnnxEmitter, parts: FilterGradientParts, groups: number): string {
  const [filters, channels] = parts.shape;
  const part = (x: string, index: number, size: number): string => {
    const bounds = [[index * size], [(index + 1) * size], [1]].map((values) => onnx.constant(int64s(values)));
    return applyOnnx(onnx, "Slice", [x, ...bounds]);
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
  return applyOnnx(onnx, "Concat", gradients, { axis: { int: 0 } });
}

import type { OnnxEmitter } from "../graph/operator.ts";
import { int64s } from "./axes.ts";
import { blockedDomain, depthwiseOfBlocks, inBlocks } from "./blockedConvolution.ts";
import type { DepthwiseParts } from "./depthwiseGradient.ts";
import { applyOnnx, reshapeOnnx } from "./emitting.ts";
import type { FilterGradientParts } from "./filterGradientParts.ts";
import { endOfWindows, type Window } from "./window.ts";

/**
 * The filter gradient of a depthwise convolution by one such convolution, in the engine's blocked layout: each channel of each
 * sample is a channel by itself, dy is its filter, and steps and dilations change places. An image in that layout has the form
 * that filters of such a convolution have, so nothing is turned around. Then the samples are summed. Since the number of
 * channels has to be written down, smaller batches are filled up with zeros, which add nothing.
 */
export function blockedFilterGradient(
  onnx: OnnxEmitter,
  { x, dy, shape, window, counts, imageSize }: FilterGradientParts,
  { block, largestBatch }: { readonly block: number; readonly largestBatch: number },
): string {
  const channels = shape[0]!;
  const laidOut = Math.ceil(channels / block) * block;
  const all = largestBatch * laidOut;
  const missing = missingSamples(onnx, x, largestBatch);
  const full = (image: string) => applyOnnx(onnx, "Pad", [inBlocks(onnx, image), missing]);
  const ends = endOfWindows(window, counts, imageSize);
  const gradient = applyOnnx(
    onnx,
    "Conv",
    [reshapeOnnx(onnx, full(x), [1, all, ...imageSize]), reshapeOnnx(onnx, full(dy), [all, 1, ...counts])],
    {
      kernel_shape: { ints: counts },
      strides: { ints: window.dilations },
      dilations: { ints: window.strides },
      pads: { ints: [window.pads[0], window.pads[1], ...ends.map((end) => Math.max(end, 0))] },
      group: { int: all },
    },
    blockedDomain,
  );
  const plain = applyOnnx(onnx, "ReorderOutput", [gradient], { channels: { int: all } }, blockedDomain);
  // Rows that no window reached gave places beyond the filter, as the blocks gave channels that are none.
  const size = window.size.map(
    (length, axis) => length + Math.floor(Math.max(-ends[axis]!, 0) / window.dilations[axis]!),
  );
  const apart = reshapeOnnx(onnx, plain, [largestBatch, laidOut, ...size]);
  const sum = applyOnnx(onnx, "ReduceSum", [apart, onnx.constant(int64s([0]))], { keepdims: { int: 0 } });
  const bounds = [
    [0, 0, 0],
    [channels, ...window.size],
    [0, 1, 2],
  ].map((each) => onnx.constant(int64s(each)));
  return reshapeOnnx(onnx, applyOnnx(onnx, "Slice", [sum, ...bounds]), shape);
}

/** The `pads` of ONNX that fill up an image [N, C, H, W] to a number of samples. */
function missingSamples(onnx: OnnxEmitter, x: string, samples: number): string {
  const given = applyOnnx(onnx, "Shape", [x], { start: { int: 0 }, end: { int: 1 } });
  const missing = applyOnnx(onnx, "Sub", [onnx.constant(int64s([samples])), given]);
  const none = (count: number) => onnx.constant(int64s(new Array<number>(count).fill(0)));
  return applyOnnx(onnx, "Concat", [none(4), missing, none(3)], { axis: { int: 0 } });
}

/**
 * Whether `blockedInputGradient` can say it: a convolution of dy, spread out to the steps of the window, whose padding is not
 * below 0.
 */
export function canSpread(parts: DepthwiseParts): boolean {
  return spreadPads(parts).every((pad) => pad >= 0);
}

/**
 * The input gradient of a depthwise convolution with steps: zeros between dy's places, then a convolution with the filters
 * turned around that moves by single pixels. In the blocked layout the places to spread are whole vectors.
 *
 * @param filters - [C, 1, h, w], turned around.
 */
export function blockedInputGradient(
  onnx: OnnxEmitter,
  [dy, filters]: readonly [dy: string, filters: string],
  parts: DepthwiseParts & { readonly block: number },
): string {
  const { window, counts, channels, block } = parts;
  const blocks = Math.ceil(channels / block);
  const places = reshapeOnnx(onnx, inBlocks(onnx, dy), [-1, 1, counts[1], 1, block]);
  const [rows, columns] = window.strides;
  const zeros = onnx.constant(int64s([0, 0, 0, 0, 0, 0, rows - 1, 0, columns - 1, 0]));
  const spread = [-1, blocks * block, counts[0] * rows, counts[1] * columns];
  return depthwiseOfBlocks(
    onnx,
    [reshapeOnnx(onnx, applyOnnx(onnx, "Pad", [places, zeros]), spread), filters],
    { window: { ...window, strides: [1, 1], pads: spreadPads(parts) }, channels, block },
  );
}

function spreadPads({ window, counts, imageSize }: DepthwiseParts): Window["pads"] {
  const reach = [0, 1].map((axis) => (window.size[axis]! - 1) * window.dilations[axis]!);
  const before = reach.map((length, axis) => length - window.pads[axis]!);
  const behind = reach.map(
    (length, axis) => imageSize[axis]! + length - counts[axis]! * window.strides[axis]! - before[axis]!,
  );
  return [before[0]!, before[1]!, behind[0]!, behind[1]!];
}

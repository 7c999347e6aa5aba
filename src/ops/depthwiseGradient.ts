import type { OnnxEmitter } from "../graph/operator.ts";
import { float32 } from "../tensor/tensor.ts";
import { int64s } from "./axes.ts";
import { applyOnnx, reshapeOnnx } from "./emitting.ts";
import type { FilterGradientParts } from "./filterGradientParts.ts";
import type { Pair } from "./signature.ts";
import type { Window } from "./window.ts";

/** A convolution of each channel by itself: its window, its input's size and its output's, and its channels. */
export interface DepthwiseParts {
  readonly window: Window;
  readonly imageSize: Pair;
  readonly counts: Pair;
  readonly channels: number;
}

/** The most elements that the matrices of all channels may have together: 64 MiB. */
const mostElements = 2 ** 24;

/**
 * Whether the filter gradient of a depthwise convolution is best taken as one matrix product a channel, between all places
 * of its input and all of its output. That multiplies far more numbers, but as fast as the processor can; ONNX Runtime's
 * convolutions of single channels reach a small part of that. Small images gain, and the more so with large windows
 * (measured: bench/convolutionGradients.js).
 */
export function isFilterBetterAsProducts(parts: DepthwiseParts): boolean {
  return areaOf(parts.imageSize) <= 8 * areaOf(parts.window.size) && areFew(parts);
}

/** The same of the input gradient, which has to make the matrices first. */
export function isInputBetterAsProducts(parts: DepthwiseParts): boolean {
  return areaOf(parts.imageSize) <= 100 && areFew(parts);
}

function areFew({ imageSize, counts, channels }: DepthwiseParts): boolean {
  return channels * areaOf(imageSize) * areaOf(counts) <= mostElements;
}

/** The gradient by the input: for each channel, dy [N, outputs] times the matrix [outputs, inputs] that its filter stands for. */
export function inputGradientByProducts(
  onnx: OnnxEmitter,
  [dy, filters]: readonly [dy: string, filters: string],
  parts: DepthwiseParts,
): string {
  const { window, imageSize, counts, channels } = parts;
  const [inputs, outputs, taps] = [areaOf(imageSize), areaOf(counts), areaOf(window.size)];
  const matrices = applyOnnx(onnx, "MatMul", [
    reshapeOnnx(onnx, filters, [channels, taps]),
    meetings(onnx, parts),
  ]);
  const byChannel = reshapeOnnx(onnx, applyOnnx(onnx, "Transpose", [dy], swap), [channels, -1, outputs]);
  const gradient = applyOnnx(onnx, "MatMul", [
    byChannel,
    reshapeOnnx(onnx, matrices, [channels, outputs, inputs]),
  ]);
  return applyOnnx(onnx, "Transpose", [reshapeOnnx(onnx, gradient, [channels, -1, ...imageSize])], swap);
}

/** The gradient by the filters: for each channel the products of all places, dy^T x, then the sums of those that a tap makes. */
export function filterGradientByProducts(onnx: OnnxEmitter, parts: FilterGradientParts): string {
  const { imageSize, counts, shape } = parts;
  const channels = shape[0]!;
  const [inputs, outputs] = [areaOf(imageSize), areaOf(counts)];
  const x = reshapeOnnx(onnx, applyOnnx(onnx, "Transpose", [parts.x], swap), [channels, -1, inputs]);
  const dy = reshapeOnnx(onnx, applyOnnx(onnx, "Transpose", [parts.dy], swap), [channels, -1, outputs]);
  const products = applyOnnx(onnx, "FusedMatMul", [dy, x], { transA: { int: 1 } }, "com.microsoft");
  const rows = reshapeOnnx(onnx, products, [channels, outputs * inputs]);
  const sums = [rows, meetings(onnx, { ...parts, channels })];
  return reshapeOnnx(
    onnx,
    applyOnnx(onnx, "FusedMatMul", sums, { transB: { int: 1 } }, "com.microsoft"),
    shape,
  );
}

/** The same for small windows that move by single pixels: for each tap a slice of x times dy, inner sums first. */
export function filterGradientBySlices(onnx: OnnxEmitter, parts: FilterGradientParts): string {
  const { window, counts, shape } = parts;
  const [top, left, bottom, right] = window.pads;
  const padded = applyOnnx(onnx, "Pad", [
    parts.x,
    onnx.constant(int64s([0, 0, top, left, 0, 0, bottom, right])),
  ]);
  const sum = (x: string, ...axes: readonly number[]) =>
    applyOnnx(onnx, "ReduceSum", [x, onnx.constant(int64s(axes))], { keepdims: { int: 0 } });
  const taps: string[] = [];
  for (let row = 0; row < window.size[0]; row++) {
    for (let column = 0; column < window.size[1]; column++) {
      const start = [row * window.dilations[0], column * window.dilations[1]];
      const end = start.map((from, axis) => from + counts[axis]!);
      const bounds = [start, end, [2, 3]].map((values) => onnx.constant(int64s(values)));
      const met = applyOnnx(onnx, "Mul", [applyOnnx(onnx, "Slice", [padded, ...bounds]), parts.dy]);
      taps.push(applyOnnx(onnx, "Unsqueeze", [sum(sum(met, 2, 3), 0), onnx.constant(int64s([1]))]));
    }
  }
  return reshapeOnnx(onnx, applyOnnx(onnx, "Concat", taps, { axis: { int: 1 } }), shape);
}

const swap = { perm: { ints: [1, 0, 2, 3] } };

function areaOf([height, width]: Pair): number {
  return height * width;
}

/** For each tap, 1 where it joins a place of the output with one of the input: [taps, outputs · inputs]. */
function meetings(onnx: OnnxEmitter, { window, imageSize, counts }: DepthwiseParts): string {
  const [inputs, outputs, taps] = [areaOf(imageSize), areaOf(counts), areaOf(window.size)];
  const ones = new Float32Array(taps * outputs * inputs);
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < taps; tap++) {
      const row = placeOf(output, tap, 0);
      const column = placeOf(output, tap, 1);
      if (row < 0 || row >= imageSize[0] || column < 0 || column >= imageSize[1]) continue;
      ones[(tap * outputs + output) * inputs + row * imageSize[1] + column] = 1;
    }
  }
  return onnx.constant(float32([taps, outputs * inputs], ones));

  function placeOf(output: number, tap: number, axis: 0 | 1): number {
    const along = (index: number, width: number) => (axis === 0 ? Math.floor(index / width) : index % width);
    const start = along(output, counts[1]) * window.strides[axis] - window.pads[axis];
    return start + along(tap, window.size[1]) * window.dilations[axis];
  }
}

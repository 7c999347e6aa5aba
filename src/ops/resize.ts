import type { LoweredNode, OnnxEmitter, Operator } from "../graph/operator.ts";
import type { TensorType } from "../tensor/shape.ts";
import { float32, scalar } from "../tensor/tensor.ts";
import { int64s } from "./axes.ts";
import { imageSize } from "./imageSize.ts";
import { nearestIndices, type Resampling, resamplingMatrix } from "./resampling.ts";
import { expectInputs, expectIntegers, expectRank, type Pair } from "./signature.ts";

export interface ResizeAttributes extends Resampling {
  /** Rows and columns of the result. */
  readonly size: Pair;
}

/**
 * Pictures [N, C, H, W] at another size. The values are those of `tf.image.resize`, which Keras uses: pixel centres at
 * halves, `antialias` widens the window when shrinking ("nearest" has none).
 */
export const resize2d: Operator<"resize2d", ResizeAttributes> = {
  name: "resize2d",
  infer: ([x, ...rest], { size }) => inferResized([x, ...rest], size),
  lower(onnx, node) {
    const { size, interpolation, antialias } = node.attributes;
    const from = imageSize(node.inputTypes[0]!);
    if (interpolation === "nearest") lowerNearest(onnx, node, from, size);
    else if (interpolation === "bilinear" && !antialias) {
      resizeNode(onnx, node, size, { mode: "linear", coordinates: "half_pixel" });
    } else {
      const [rows, columns] = matrices(from, size, node.attributes);
      lowerMatrices(onnx, node, matrix(rows, size[0]), matrix(transposed(columns, size[1]), from[1]));
    }
  },
};

export interface ResizeGradientAttributes extends Resampling {
  /** Rows and columns before resizing. */
  readonly inputSize: Pair;
}

/** The gradient of `resize2d` by its input, from that by its result: the same matrices, transposed. */
export const resize2dGradient: Operator<"resize2dGradient", ResizeGradientAttributes> = {
  name: "resize2dGradient",
  infer: ([dy, ...rest], { inputSize }) => inferResized([dy, ...rest], inputSize),
  lower(onnx, node) {
    const { inputSize, ...resampling } = node.attributes;
    const size = imageSize(node.inputTypes[0]!);
    const factors = wholeFactors(inputSize, size);
    if (resampling.interpolation === "nearest" && factors !== undefined) {
      lowerWindowSums(onnx, node, factors);
      return;
    }
    const [rows, columns] = matrices(inputSize, size, resampling);
    lowerMatrices(onnx, node, matrix(transposed(rows, size[0]), inputSize[0]), matrix(columns, size[1]));
  },
};

function inferResized(inputs: readonly (TensorType | undefined)[], size: Pair): readonly TensorType[] {
  const given = inputs.filter((input) => input !== undefined);
  expectInputs(given, 1);
  const [x] = given;
  expectRank(x!, 4, "[N, C, H, W]");
  expectIntegers("the size", size, 1);
  imageSize(x!);
  return [{ dtype: x!.dtype, shape: [x!.shape[0]!, x!.shape[1]!, ...size] }];
}

/** How many times larger the result is in each direction, if that is a whole number. */
function wholeFactors(from: Pair, to: Pair): Pair | undefined {
  const [rows, columns] = [to[0] / from[0], to[1] / from[1]];
  return Number.isInteger(rows) && Number.isInteger(columns) ? [rows, columns] : undefined;
}

type Lowered = Pick<LoweredNode<unknown>, "inputs" | "outputs">;

function resizeNode(
  onnx: OnnxEmitter,
  { inputs, outputs }: Lowered,
  size: Pair,
  { mode, coordinates }: { readonly mode: string; readonly coordinates: string },
): void {
  onnx.node("Resize", [inputs[0]!, "", "", onnx.constant(int64s(size))], outputs, {
    mode: { string: mode },
    coordinate_transformation_mode: { string: coordinates },
    axes: { ints: [2, 3] },
    ...(mode === "nearest" ? { nearest_mode: { string: "floor" } } : {}),
  });
}

/** Whole factors repeat pixels. Otherwise the pixels are named, so that float rounding decides as in TensorFlow. */
function lowerNearest(onnx: OnnxEmitter, node: Lowered, from: Pair, to: Pair): void {
  if (wholeFactors(from, to) !== undefined) {
    resizeNode(onnx, node, to, { mode: "nearest", coordinates: "asymmetric" });
    return;
  }
  const rows = onnx.temporary();
  const indices = (axis: 0 | 1) => onnx.constant(int64s(nearestIndices(from[axis], to[axis])));
  onnx.node("Gather", [node.inputs[0]!, indices(0)], [rows], { axis: { int: 2 } });
  onnx.node("Gather", [rows, indices(1)], node.outputs, { axis: { int: 3 } });
}

/** The sum of each window of the repeated pixel: its mean times its size. */
function lowerWindowSums(onnx: OnnxEmitter, { inputs, outputs }: Lowered, factors: Pair): void {
  const mean = onnx.temporary();
  onnx.node("AveragePool", inputs, [mean], { kernel_shape: { ints: factors }, strides: { ints: factors } });
  onnx.node("Mul", [mean, onnx.constant(scalar(factors[0] * factors[1]))], outputs);
}

/** rows · x · columns for each channel. */
function lowerMatrices(onnx: OnnxEmitter, { inputs, outputs }: Lowered, rows: Matrix, columns: Matrix): void {
  const wide = onnx.temporary();
  onnx.node("MatMul", [inputs[0]!, onnx.constant(float32(columns.shape, columns.data))], [wide]);
  onnx.node("MatMul", [onnx.constant(float32(rows.shape, rows.data)), wide], outputs);
}

interface Matrix {
  readonly shape: Pair;
  readonly data: Float64Array;
}

function matrix(data: Float64Array, rows: number): Matrix {
  return { shape: [rows, data.length / rows], data };
}

function matrices(from: Pair, to: Pair, resampling: Resampling): readonly [Float64Array, Float64Array] {
  return [resamplingMatrix(from[0], to[0], resampling), resamplingMatrix(from[1], to[1], resampling)];
}

function transposed(data: Float64Array, rows: number): Float64Array {
  const columns = data.length / rows;
  return Float64Array.from(data, (_, index) => data[(index % rows) * columns + Math.floor(index / rows)]!);
}

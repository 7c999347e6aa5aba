import type { LoweredNode, OnnxEmitter, Operator } from "../graph/operator.ts";
import { elementsPerSample, type TensorType } from "../tensor/shape.ts";
import { float32 } from "../tensor/tensor.ts";
import { int64s } from "./axes.ts";
import { imageSize } from "./imageSize.ts";
import { averagePool2d, type PoolAttributes } from "./pooling.ts";
import { expectDType, expectInputs, expectNumber, expectRank, expectShape, type Pair } from "./signature.ts";
import { onnxWindow, type Window, windowOf } from "./window.ts";

export interface PoolGradientAttributes extends PoolAttributes {
  /** Height and width of the pooling's input. */
  readonly inputSize: Pair;
}

/** Checks dy [N, C, rows, columns]; hands back the type of x. */
function pooledFrom(dy: TensorType, attributes: PoolGradientAttributes): TensorType {
  expectRank(dy, 4, "[batch, channels, rows, columns]");
  expectNumber("channels", dy.shape[1]);
  const x = { dtype: dy.dtype, shape: [...dy.shape.slice(0, 2), ...attributes.inputSize] };
  expectShape("dy", dy, averagePool2d.infer([x], attributes)[0]!.shape);
  return x;
}

/**
 * The gradient of maxPool2d: dy [N, C, rows, columns] and the places that the pooling told, of the same shape, to
 * [N, C, H, W]. So of equal largest elements under a window the first takes the gradient, as in TensorFlow and PyTorch.
 */
export const maxPool2dGradient: Operator<"maxPool2dGradient", PoolGradientAttributes> = {
  name: "maxPool2dGradient",
  infer(inputs, attributes) {
    expectInputs(inputs, 2);
    const [dy, places] = inputs;
    expectDType(places!, "int64");
    expectShape("places", places!, dy!.shape);
    return [pooledFrom(dy!, attributes)];
  },
  workspace({ outputTypes, attributes }) {
    const zeros = elementsPerSample(outputTypes[0]!.shape);
    return { passing: isApart(windowOf(attributes.size, attributes)) ? 0 : zeros };
  },
  lower(onnx, { inputs: [dy, places], inputTypes, outputs, attributes }) {
    const { size, inputSize } = attributes;
    const window = windowOf(size, attributes);
    const channels = expectNumber("channels", inputTypes[0]!.shape[1]);
    const shape = shapeOfInput(onnx, dy!, [channels, ...inputSize]);
    if (isApart(window)) {
      // No place is told twice: each element is put where it belongs.
      const { kernel_shape, strides: steps, pads } = onnxWindow(window);
      const attributes = { kernel_shape: kernel_shape!, strides: steps!, pads: pads! };
      onnx.node("MaxUnpool", [dy!, places!, shape], outputs, attributes);
      return;
    }
    const [count, zeros, flatPlaces, flatGradient, sums] = Array.from({ length: 5 }, () => onnx.temporary());
    const one = onnx.constant(int64s([-1]));
    onnx.node("ReduceProd", [shape], [count!]);
    onnx.node("ConstantOfShape", [count!], [zeros!]);
    onnx.node("Reshape", [places!, one], [flatPlaces!]);
    onnx.node("Reshape", [dy!, one], [flatGradient!]);
    onnx.node("ScatterElements", [zeros!, flatPlaces!, flatGradient!], [sums!], {
      reduction: { string: "add" },
    });
    onnx.node("Reshape", [sums!, shape], outputs);
  },
};

/** No pixel is met twice. */
function isApart({ size, strides }: Window): boolean {
  return size.every((length, axis) => length <= strides[axis]!);
}

/** [N, C, H, W] as an ONNX value; N is that of dy. */
function shapeOfInput(onnx: OnnxEmitter, dy: string, sample: readonly number[]): string {
  const [batch, shape] = [onnx.temporary(), onnx.temporary()];
  onnx.node("Shape", [dy], [batch], { start: { int: 0 }, end: { int: 1 } });
  onnx.node("Concat", [batch, onnx.constant(int64s(sample))], [shape], { axis: { int: 0 } });
  return shape;
}

/** The gradient of averagePool2d: dy [N, C, rows, columns] to [N, C, H, W]; each element takes an equal share. */
export const averagePool2dGradient: Operator<"averagePool2dGradient", PoolGradientAttributes> = {
  name: "averagePool2dGradient",
  infer(inputs, attributes) {
    expectInputs(inputs, 1);
    return [pooledFrom(inputs[0]!, attributes)];
  },
  /** The shares. */
  workspace: ({ inputTypes }) => ({ passing: elementsPerSample(inputTypes[0]!.shape) }),
  lower(onnx, node) {
    const window = windowOf(node.attributes.size, node.attributes);
    const shares = onnx.temporary();
    const counts = imageSize(node.inputTypes[0]!);
    const elements = elementCounts(counts, node.attributes.inputSize, window);
    const divisors = onnx.constant(float32([1, 1, ...counts], elements));
    onnx.node("Div", [node.inputs[0]!, divisors], [shares]);
    const isTiling =
      window.pads.every((pad) => pad === 0) && window.size.every((size, i) => size === window.strides[i]);
    if (isTiling) lowerTiles(onnx, node, window, shares);
    else lowerOverlapping(onnx, node, window, shares);
  },
};

/** How many elements lie under each window, padding not counted. */
function elementCounts(counts: Pair, inputSize: Pair, window: Window): readonly number[] {
  const along = (axis: 0 | 1): number[] =>
    Array.from({ length: counts[axis] }, (_, index) => {
      const start = index * window.strides[axis] - window.pads[axis];
      return Math.min(start + window.size[axis], inputSize[axis]) - Math.max(start, 0);
    });
  const columns = along(1);
  return along(0).flatMap((height) => columns.map((width) => height * width));
}

/** Windows side by side: every share is repeated under its window; what no window reached gets 0. */
function lowerTiles(
  onnx: OnnxEmitter,
  { outputs, inputTypes, attributes }: LoweredNode<PoolGradientAttributes>,
  window: Window,
  shares: string,
): void {
  const repeated = onnx.temporary();
  onnx.node("Resize", [shares, "", onnx.constant(float32([4], [1, 1, ...window.size]))], [repeated], {
    mode: { string: "nearest" },
    coordinate_transformation_mode: { string: "asymmetric" },
    nearest_mode: { string: "floor" },
  });
  const counts = imageSize(inputTypes[0]!);
  const rest = attributes.inputSize.map((size, axis) => size - counts[axis]! * window.size[axis]!);
  onnx.node("Pad", [repeated, onnx.constant(int64s([0, 0, 0, 0, 0, 0, ...rest]))], outputs);
}

/** Any other windows: a transposed convolution with ones, each channel by itself. */
function lowerOverlapping(
  onnx: OnnxEmitter,
  { outputs, inputTypes, attributes }: LoweredNode<PoolGradientAttributes>,
  window: Window,
  shares: string,
): void {
  const counts = imageSize(inputTypes[0]!);
  const channels = expectNumber("channels", inputTypes[0]!.shape[1]);
  const shape = [channels, 1, ...window.size];
  const ones = float32(shape, new Float32Array(channels * window.size[0] * window.size[1]).fill(1));
  const rest = attributes.inputSize.map((size, axis) => {
    const padded = size + window.pads[axis]! + window.pads[axis + 2]!;
    return padded - (counts[axis]! - 1) * window.strides[axis]! - window.size[axis]!;
  });
  onnx.node("ConvTranspose", [shares, onnx.constant(ones)], outputs, {
    ...onnxWindow(window),
    output_padding: { ints: rest },
    group: { int: channels },
  });
}

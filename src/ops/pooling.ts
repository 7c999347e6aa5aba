import type { Operator } from "../graph/operator.ts";
import type { Shape, TensorType } from "../tensor/shape.ts";
import { imageSize } from "./imageSize.ts";
import { expectInputs, expectNumber, expectRank, type NoAttributes, type Pair } from "./signature.ts";
import { onnxWindow, type WindowAttributes, windowCount, windowOf } from "./window.ts";

/** The window of a pooling. There is no dilation. */
export interface PoolAttributes extends Omit<WindowAttributes, "dilations"> {
  /** Rows and columns of the window. */
  readonly size: Pair;
}

/** Checks x [N, C, H, W]; hands back the shape [N, C, rows, columns]. */
function pooledShape(inputs: readonly TensorType[], attributes: PoolAttributes): Shape {
  expectInputs(inputs, 1);
  const [x] = inputs;
  expectRank(x!, 4, "[batch, channels, height, width]");
  const counts = windowCount(imageSize(x!), windowOf(attributes.size, attributes));
  return [...x!.shape.slice(0, 2), ...counts];
}

/**
 * The largest element under each window: [N, C, H, W] to [N, C, rows, columns]. Padding never wins. The second result, for
 * the gradient, is where each stood in x, read as one row of elements (int64); of equal ones the first.
 */
export const maxPool2d: Operator<"maxPool2d", PoolAttributes> = {
  name: "maxPool2d",
  infer(inputs, attributes) {
    const shape = pooledShape(inputs, attributes);
    return [
      { dtype: inputs[0]!.dtype, shape },
      { dtype: "int64", shape },
    ];
  },
  lower(onnx, { inputs, outputs, attributes }) {
    // Asked for no places, ONNX Runtime pools in its blocked layout: good between frozen convolutions, slow elsewhere.
    const results = outputs.filter((name) => name !== "");
    onnx.node("MaxPool", inputs, results, onnxWindow(windowOf(attributes.size, attributes)));
  },
};

/** The mean under each window: [N, C, H, W] to [N, C, rows, columns]. Padding is not counted. */
export const averagePool2d: Operator<"averagePool2d", PoolAttributes> = {
  name: "averagePool2d",
  infer: (inputs, attributes) => [{ dtype: inputs[0]!.dtype, shape: pooledShape(inputs, attributes) }],
  lower: (onnx, { inputs, outputs, attributes }) =>
    onnx.node("AveragePool", inputs, outputs, {
      ...onnxWindow(windowOf(attributes.size, attributes)),
      count_include_pad: { int: 0 },
    }),
};

/** The mean of each channel: [N, C, H, W] to [N, C, 1, 1]. */
export const globalAveragePool2d: Operator<"globalAveragePool2d", NoAttributes> = {
  name: "globalAveragePool2d",
  infer(inputs) {
    expectInputs(inputs, 1);
    const [x] = inputs;
    expectRank(x!, 4, "[batch, channels, height, width]");
    expectNumber("height", x!.shape[2]);
    expectNumber("width", x!.shape[3]);
    return [{ dtype: x!.dtype, shape: [x!.shape[0]!, x!.shape[1]!, 1, 1] }];
  },
  lower: (onnx, { inputs, outputs }) => onnx.node("GlobalAveragePool", inputs, outputs),
};

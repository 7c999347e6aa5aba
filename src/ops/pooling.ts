import type { OnnxAttribute, Operator } from "../graph/operator.ts";
import { imageSize } from "./imageSize.ts";
import { expectInputs, expectNumber, expectRank, type NoAttributes, type Pair } from "./signature.ts";
import { onnxWindow, type Window, type WindowAttributes, windowCount, windowOf } from "./window.ts";

/** The window of a pooling. There is no dilation. */
export interface PoolAttributes extends Omit<WindowAttributes, "dilations"> {
  /** Rows and columns of the window. */
  readonly size: Pair;
}

function pooling<Name extends string>(
  name: Name,
  opType: string,
  onnxAttributes: (window: Window) => Record<string, OnnxAttribute>,
): Operator<Name, PoolAttributes> {
  return {
    name,
    infer(inputs, attributes) {
      expectInputs(inputs, 1);
      const [x] = inputs;
      expectRank(x!, 4, "[batch, channels, height, width]");
      const counts = windowCount(imageSize(x!), windowOf(attributes.size, attributes));
      return [{ dtype: x!.dtype, shape: [...x!.shape.slice(0, 2), ...counts] }];
    },
    lower: (onnx, { inputs, outputs, attributes }) =>
      onnx.node(opType, inputs, outputs, onnxAttributes(windowOf(attributes.size, attributes))),
  };
}

/** The largest element under each window: [N, C, H, W] to [N, C, rows, columns]. Padding never wins. */
export const maxPool2d = pooling("maxPool2d", "MaxPool", onnxWindow);

/** The mean under each window: [N, C, H, W] to [N, C, rows, columns]. Padding is not counted. */
export const averagePool2d = pooling("averagePool2d", "AveragePool", (window) => ({
  ...onnxWindow(window),
  count_include_pad: { int: 0 },
}));

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

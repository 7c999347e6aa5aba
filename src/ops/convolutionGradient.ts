import type { LoweredNode, OnnxEmitter, Operator } from "../graph/operator.ts";
import { int64s } from "./axes.ts";
import { blockedDepthwise, canBeBlocked } from "./blockedConvolution.ts";
import { type Conv2dAttributes, conv2d } from "./convolution.ts";
import { inputGradientByProducts, isInputBetterAsProducts } from "./depthwiseGradient.ts";
import {
  denseFilterGradient,
  depthwiseFilterGradient,
  groupedFilterGradient,
  pointwiseFilterGradient,
} from "./filterGradient.ts";
import type { FilterGradientParts } from "./filterGradientParts.ts";
import { imageSize } from "./imageSize.ts";
import {
  expectInputs,
  expectNumber,
  expectRank,
  expectSameDType,
  expectShape,
  type Pads,
  type Pair,
} from "./signature.ts";
import { onnxWindow, type Window, windowCount, windowOf } from "./window.ts";
import {
  convolutionByWinograd,
  filterGradientByWinograd,
  isBetterByWinograd,
  isFilterBetterByWinograd,
} from "./winograd.ts";

export interface Conv2dInputGradientAttributes extends Conv2dAttributes {
  /** Height and width of the convolution's input. */
  readonly inputSize: Pair;
}

/**
 * The gradient of conv2d by its input: dy [N, K, rows, columns], filters [K, C / groups, h, w] to [N, C, H, W]. Taken by itself
 * it is the transposed convolution.
 */
export const conv2dInputGradient: Operator<"conv2dInputGradient", Conv2dInputGradientAttributes> = {
  name: "conv2dInputGradient",
  infer(inputs, attributes) {
    expectInputs(inputs, 2);
    expectSameDType(inputs);
    const [dy, filters] = inputs;
    expectRank(dy!, 4, "[batch, filters, rows, columns]");
    expectRank(filters!, 4, "[filters, channels / groups, height, width]");
    const channels = expectNumber("filter channels", filters!.shape[1]) * (attributes.groups ?? 1);
    const x = { dtype: dy!.dtype, shape: [dy!.shape[0]!, channels, ...attributes.inputSize] };
    expectShape("dy", dy!, conv2d.infer([x, filters!], attributes)[0]!.shape);
    return [x];
  },
  lower(onnx, node) {
    const { attributes, inputTypes } = node;
    const window = windowOf(imageSize(inputTypes[1]!), attributes);
    const { groups = 1 } = attributes;
    const reach = window.size.map((size, axis) => (size - 1) * window.dilations[axis]!);
    const pads = window.pads.map((pad, side) => reach[side % 2]! - pad) as unknown as Pads;
    const isDepthwise = groups > 1 && inputTypes[1]!.shape[0] === groups && inputTypes[1]!.shape[1] === 1;
    const counts = imageSize(inputTypes[0]!);
    const depthwise = { window, imageSize: attributes.inputSize, counts, channels: groups };
    const isStepless = window.strides.every((stride) => stride === 1);
    const isConvolution = isStepless && pads.every((pad) => pad >= 0);
    const isBlocked = isConvolution && canBeBlocked(groups) && onnx.channelBlock !== undefined;
    if (isDepthwise && !isBlocked && isInputBetterAsProducts(depthwise)) {
      const [dy, filters] = node.inputs;
      onnx.node("Identity", [inputGradientByProducts(onnx, [dy!, filters!], depthwise)], node.outputs);
      return;
    }
    const byWinograd = {
      window,
      channels: Number(inputTypes[0]!.shape[1]),
      filters: Number(inputTypes[1]!.shape[1]),
      counts: attributes.inputSize,
    };
    if (groups === 1 && isConvolution && isBetterByWinograd(byWinograd)) {
      const [dy, filters] = node.inputs;
      const turned = { ...byWinograd, imageSize: counts, pads, turned: true };
      onnx.node("Identity", [convolutionByWinograd(onnx, [dy!, filters!], turned)], node.outputs);
    } else if (isConvolution && (groups === 1 || isDepthwise)) lowerToConv(onnx, node, window, pads);
    else lowerToConvTranspose(onnx, node, window);
  },
};

/** Windows that move by single pixels: a convolution of dy with the filters turned around, the fastest form. */
function lowerToConv(
  onnx: OnnxEmitter,
  { inputs, outputs, attributes: { groups = 1 } }: LoweredNode<Conv2dInputGradientAttributes>,
  window: Window,
  pads: Pads,
): void {
  let filters = inputs[1]!;
  if (groups === 1) {
    const swapped = onnx.temporary();
    onnx.node("Transpose", [filters], [swapped], { perm: { ints: [1, 0, 2, 3] } });
    filters = swapped;
  }
  if (window.size.some((size) => size > 1)) {
    const turned = onnx.temporary();
    const ends = window.size.map((size) => -size - 1);
    const bounds = [[-1, -1], ends, [2, 3], [-1, -1]].map((values) => onnx.constant(int64s(values)));
    onnx.node("Slice", [filters, ...bounds], [turned]);
    filters = turned;
  }
  const block = onnx.channelBlock;
  if (groups > 1 && canBeBlocked(groups) && block !== undefined) {
    const blocked = { window: { ...window, pads }, channels: groups, block };
    onnx.node("Identity", [blockedDepthwise(onnx, [inputs[0]!, filters], blocked)], outputs);
    return;
  }
  onnx.node("Conv", [inputs[0]!, filters], outputs, {
    ...onnxWindow(window),
    pads: { ints: pads },
    group: { int: groups },
  });
}

function lowerToConvTranspose(
  onnx: OnnxEmitter,
  { inputs, inputTypes, outputs, attributes }: LoweredNode<Conv2dInputGradientAttributes>,
  window: Window,
): void {
  // What the last window did not reach.
  const rest = imageSize(inputTypes[0]!).map((count, axis) => {
    const reach = (window.size[axis]! - 1) * window.dilations[axis]! + 1;
    const reached = (count - 1) * window.strides[axis]! + reach - window.pads[axis]! - window.pads[axis + 2]!;
    return attributes.inputSize[axis]! - reached;
  });
  onnx.node("ConvTranspose", inputs, outputs, {
    ...onnxWindow(window),
    output_padding: { ints: rest },
    group: { int: attributes.groups ?? 1 },
  });
}

export interface Conv2dFilterGradientAttributes extends Conv2dAttributes {
  /** Height and width of the filters. */
  readonly filterSize: Pair;
}

/**
 * The gradient of conv2d by its filters: x [N, C, H, W], dy [N, K, rows, columns] to [K, C / groups, h, w].
 */
export const conv2dFilterGradient: Operator<"conv2dFilterGradient", Conv2dFilterGradientAttributes> = {
  name: "conv2dFilterGradient",
  infer(inputs, attributes) {
    expectInputs(inputs, 2);
    expectSameDType(inputs);
    const [x, dy] = inputs;
    expectRank(x!, 4, "[batch, channels, height, width]");
    expectRank(dy!, 4, "[batch, filters, rows, columns]");
    const channels = expectNumber("channels", x!.shape[1]) / (attributes.groups ?? 1);
    const filters = expectNumber("filters", dy!.shape[1]);
    const gradient = { dtype: x!.dtype, shape: [filters, channels, ...attributes.filterSize] };
    expectShape("dy", dy!, conv2d.infer([x!, gradient], attributes)[0]!.shape);
    return [gradient];
  },
  lower(onnx, { inputs, inputTypes, outputs, outputTypes, attributes }) {
    const { groups = 1, filterSize } = attributes;
    const window = windowOf(filterSize, attributes);
    const size = imageSize(inputTypes[0]!);
    const parts: FilterGradientParts = {
      x: inputs[0]!,
      dy: inputs[1]!,
      imageSize: size,
      counts: windowCount(size, window),
      window,
      shape: outputTypes[0]!.shape.map(Number),
    };
    const gradient = filterGradientForm(parts, groups)(onnx, parts, groups);
    onnx.node("Identity", [gradient], outputs);
  },
  mixesBatch: () => true,
};

function filterGradientForm({ window, shape, counts }: FilterGradientParts, groups: number) {
  const isPointwise =
    [...window.size, ...window.strides].every((size) => size === 1) && window.pads.every((pad) => pad === 0);
  if (groups === 1) {
    const dense = { window, filters: shape[0]!, channels: shape[1]!, counts };
    if (isFilterBetterByWinograd(dense)) return filterGradientByWinograd;
    return isPointwise ? pointwiseFilterGradient : denseFilterGradient;
  }
  return shape[0] === groups && shape[1] === 1 ? depthwiseFilterGradient : groupedFilterGradient;
}

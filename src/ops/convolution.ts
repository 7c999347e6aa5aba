import { PermafrostError } from "../base/errors.ts";
import type { LoweredNode, OnnxEmitter, Operator, TypedNode } from "../graph/operator.ts";
import { elementsPerSample, type TensorType } from "../tensor/shape.ts";
import { blockedDepthwise, canBeBlocked } from "./blockedConvolution.ts";
import { reshapeOnnx } from "./emitting.ts";
import { imageSize } from "./imageSize.ts";
import {
  expectInputs,
  expectIntegers,
  expectNumber,
  expectRank,
  expectSameDType,
  expectShape,
} from "./signature.ts";
import { onnxWindow, type Window, type WindowAttributes, windowCount, windowOf } from "./window.ts";
import {
  type ConvolutionParts,
  convolutionByWinograd,
  convolutionWorkspace,
  isBetterByWinograd,
} from "./winograd.ts";

export interface Conv2dAttributes extends WindowAttributes {
  /** Input and output channels are split into this many groups. Default 1; as many as channels is depthwise. */
  readonly groups?: number;
}

/** Checks x [N, C, H, W] against filters [K, C / groups, h, w]; hands back the window and the filter count. */
function expectFilters(x: TensorType, filters: TensorType, attributes: Conv2dAttributes): [Window, number] {
  const { groups = 1 } = attributes;
  expectRank(x, 4, "[batch, channels, height, width]");
  expectRank(filters, 4, "[filters, channels / groups, height, width]");
  expectIntegers("groups", [groups], 1);
  const channels = expectNumber("channels", x.shape[1]);
  const count = expectNumber("filters", filters.shape[0]);
  const perGroup = expectNumber("filter channels", filters.shape[1]);
  if (perGroup * groups !== channels || count % groups !== 0) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `expected filters over ${channels / groups} channels (${channels} in ${groups} groups) and a filter count that groups divide, got ${count} filters over ${perGroup}.`,
    );
  }
  return [windowOf(imageSize(filters), attributes), count];
}

/**
 * Two-dimensional cross-correlation: x [N, C, H, W], filters [K, C / groups, h, w] and, if given, bias [K]
 * to [N, K, rows, columns].
 */
export const conv2d: Operator<"conv2d", Conv2dAttributes> = {
  name: "conv2d",
  infer(inputs, attributes) {
    expectInputs(inputs, 2, 3);
    expectSameDType(inputs);
    const [x, filters, bias] = inputs;
    const [window, count] = expectFilters(x!, filters!, attributes);
    if (bias !== undefined) expectShape("a bias", bias, [count]);
    return [{ dtype: x!.dtype, shape: [x!.shape[0]!, count, ...windowCount(imageSize(x!), window)] }];
  },
  multiplyAdds(inputs, attributes) {
    const [, filters] = inputs;
    const [result] = conv2d.infer(inputs, attributes);
    return elementsPerSample(result!.shape) * elementsPerSample(filters!.shape.slice(1));
  },
  workspace(node) {
    const parts = node.constantInputs[1] ? undefined : winogradParts(node);
    return parts === undefined ? { passing: 0 } : convolutionWorkspace(parts);
  },
  lower(onnx, node) {
    // Constant filters stay with Conv: the engine lays them out beforehand, and features have the same bits in any batch.
    const y = node.constantInputs[1] ? undefined : fedConvolution(onnx, node);
    const bias = node.inputs[2];
    if (y === undefined) lowerToConv(onnx, node);
    else if (bias === undefined) onnx.node("Identity", [y], node.outputs);
    else onnx.node("Add", [y, reshapeOnnx(onnx, bias, [-1, 1, 1])], node.outputs);
  },
};

function lowerToConv(
  onnx: OnnxEmitter,
  { inputs, outputs, inputTypes, attributes }: LoweredNode<Conv2dAttributes>,
): void {
  const window = windowOf(imageSize(inputTypes[1]!), attributes);
  onnx.node("Conv", inputs, outputs, { ...onnxWindow(window), group: { int: attributes.groups ?? 1 } });
}

/** The convolution without its bias in a form that is faster than Conv with filters that are fed; undefined where there is none. */
function fedConvolution(onnx: OnnxEmitter, node: LoweredNode<Conv2dAttributes>): string | undefined {
  const { inputs, inputTypes, attributes } = node;
  const operands = [inputs[0]!, inputs[1]!] as const;
  const parts = winogradParts(node);
  if (parts !== undefined)
    return convolutionByWinograd(onnx, operands, { ...parts, imageSize: imageSize(inputTypes[0]!) });
  const { groups = 1 } = attributes;
  const window = windowOf(imageSize(inputTypes[1]!), attributes);
  const [filters, channels] = inputTypes[1]!.shape.map(Number);
  const block = onnx.channelBlock;
  const isDepthwise = groups > 1 && filters === groups && channels === 1;
  if (isDepthwise && canBeBlocked(groups) && block !== undefined)
    return blockedDepthwise(onnx, operands, { window, channels: groups, block });
  return undefined;
}

/** Undefined where Winograd's form is not the better one. */
function winogradParts({
  inputTypes,
  outputTypes,
  attributes,
}: TypedNode<Conv2dAttributes>): (ConvolutionParts & Pick<Window, "pads">) | undefined {
  const window = windowOf(imageSize(inputTypes[1]!), attributes);
  const [filters, channels] = inputTypes[1]!.shape.map(Number);
  const counts = imageSize(outputTypes[0]!);
  const parts = { window, pads: window.pads, channels: channels!, filters: filters!, counts };
  return (attributes.groups ?? 1) === 1 && isBetterByWinograd(parts) ? parts : undefined;
}

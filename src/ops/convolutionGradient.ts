import type { LoweredNode, OnnxEmitter, Operator, TypedNode } from "../graph/operator.ts";
import { elementsPerSample } from "../tensor/shape.ts";
import { int64s } from "./axes.ts";
import { blockedDepthwise, canBeBlocked } from "./blockedConvolution.ts";
import { blockedInputGradient, canSpread } from "./blockedGradient.ts";
import { type Conv2dAttributes, conv2d } from "./convolution.ts";
import { inputGradientByProducts, isInputBetterAsProducts } from "./depthwiseGradient.ts";
import { applyOnnx } from "./emitting.ts";
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
import { endOfWindows, onnxWindow, type Window, windowOf } from "./window.ts";
import {
  type ConvolutionParts,
  convolutionByWinograd,
  convolutionWorkspace,
  isBetterByWinograd,
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
  workspace(node) {
    const parts = winogradParts(node);
    if (parts !== undefined) return convolutionWorkspace(parts);
    // Both sides turned around where it is taken by products; a convolution needs little.
    const [x, dy] = [node.outputTypes[0]!, node.inputTypes[0]!].map(({ shape }) => elementsPerSample(shape));
    return { passing: (node.attributes.groups ?? 1) > 1 ? x! + dy! : 0 };
  },
  lower(onnx, node) {
    const gradient = inputGradientInOwnForm(onnx, node);
    if (gradient === undefined) lowerToConvolution(onnx, node);
    else onnx.node("Identity", [gradient], node.outputs);
  },
};

/** The gradient in a form that is faster than the engine's own operators; undefined where there is none. */
function inputGradientInOwnForm(
  onnx: OnnxEmitter,
  node: LoweredNode<Conv2dInputGradientAttributes>,
): string | undefined {
  const { inputTypes, attributes } = node;
  const [dy, filters] = [node.inputs[0]!, node.inputs[1]!];
  const counts = imageSize(inputTypes[0]!);
  const byWinograd = winogradParts(node);
  if (byWinograd !== undefined)
    return convolutionByWinograd(onnx, [dy, filters], { ...byWinograd, imageSize: counts, turned: true });
  if (!isDepthwise(node)) return undefined;
  const window = windowOf(imageSize(inputTypes[1]!), attributes);
  const channels = attributes.groups!;
  const parts = { window, imageSize: attributes.inputSize, counts, channels };
  const block = canBeBlocked(channels) ? onnx.channelBlock : undefined;
  if (block !== undefined && isByConvolution(window)) {
    const operands = [dy, turnedAround(onnx, filters, window)] as const;
    return blockedDepthwise(onnx, operands, {
      window: { ...window, pads: turnedPads(window) },
      channels,
      block,
    });
  }
  if (block !== undefined && canSpread(parts))
    return blockedInputGradient(onnx, [dy, turnedAround(onnx, filters, window)], { ...parts, block });
  return isInputBetterAsProducts(parts) ? inputGradientByProducts(onnx, [dy, filters], parts) : undefined;
}

function lowerToConvolution(onnx: OnnxEmitter, node: LoweredNode<Conv2dInputGradientAttributes>): void {
  const window = windowOf(imageSize(node.inputTypes[1]!), node.attributes);
  const isGrouped = (node.attributes.groups ?? 1) > 1;
  if (isByConvolution(window) && (!isGrouped || isDepthwise(node))) lowerToConv(onnx, node, window);
  else lowerToConvTranspose(onnx, node, window);
}

function isDepthwise({ inputTypes, attributes }: TypedNode<Conv2dInputGradientAttributes>): boolean {
  const { groups = 1 } = attributes;
  const [filters, channels] = inputTypes[1]!.shape;
  return groups > 1 && filters === groups && channels === 1;
}

/** Of the convolution of dy with the filters turned around; below 0 there is none. */
function turnedPads({ size, dilations, pads }: Window): Pads {
  const reach = size.map((length, axis) => (length - 1) * dilations[axis]!);
  return pads.map((pad, side) => reach[side % 2]! - pad) as unknown as Pads;
}

function isByConvolution(window: Window): boolean {
  return window.strides.every((stride) => stride === 1) && turnedPads(window).every((pad) => pad >= 0);
}

/** Undefined where Winograd's form is not the better one. */
function winogradParts({
  inputTypes,
  attributes,
}: TypedNode<Conv2dInputGradientAttributes>): (ConvolutionParts & Pick<Window, "pads">) | undefined {
  const window = windowOf(imageSize(inputTypes[1]!), attributes);
  const parts = {
    window,
    pads: turnedPads(window),
    channels: Number(inputTypes[0]!.shape[1]),
    filters: Number(inputTypes[1]!.shape[1]),
    counts: attributes.inputSize,
  };
  return (attributes.groups ?? 1) === 1 && isByConvolution(window) && isBetterByWinograd(parts)
    ? parts
    : undefined;
}

/** Windows that move by single pixels: a convolution of dy with the filters turned around, the fastest form. */
function lowerToConv(
  onnx: OnnxEmitter,
  { inputs, outputs, attributes: { groups = 1 } }: LoweredNode<Conv2dInputGradientAttributes>,
  window: Window,
): void {
  const [dy, given] = [inputs[0]!, inputs[1]!];
  const filters =
    groups === 1 ? applyOnnx(onnx, "Transpose", [given], { perm: { ints: [1, 0, 2, 3] } }) : given;
  onnx.node("Conv", [dy, turnedAround(onnx, filters, window)], outputs, {
    ...onnxWindow({ ...window, pads: turnedPads(window) }),
    group: { int: groups },
  });
}

/** Filters whose first row and column are the last. */
function turnedAround(onnx: OnnxEmitter, filters: string, { size }: Window): string {
  if (size.every((length) => length === 1)) return filters;
  const ends = size.map((length) => -length - 1);
  const bounds = [[-1, -1], ends, [2, 3], [-1, -1]].map((values) => onnx.constant(int64s(values)));
  return applyOnnx(onnx, "Slice", [filters, ...bounds]);
}

function lowerToConvTranspose(
  onnx: OnnxEmitter,
  { inputs, inputTypes, outputs, attributes }: LoweredNode<Conv2dInputGradientAttributes>,
  window: Window,
): void {
  // What the last window did not reach.
  const ends = endOfWindows(window, imageSize(inputTypes[0]!), attributes.inputSize);
  const rest = ends.map((end, axis) => window.pads[axis + 2]! - end);
  onnx.node("ConvTranspose", inputs, outputs, {
    ...onnxWindow(window),
    output_padding: { ints: rest },
    group: { int: attributes.groups ?? 1 },
  });
}

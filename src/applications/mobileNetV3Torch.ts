import {
  activation,
  add,
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2D,
  dropout,
  globalAveragePooling2D,
  multiply,
  relu,
  zeroPadding2D,
} from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import type { Classifier } from "./catalogueApplication.ts";
import { poolingNames } from "./catalogueRecord.ts";
import { divisible } from "./mobileNetParts.ts";
import { blockOf, type Row, stemFilters } from "./mobileNetV3Blocks.ts";
import { blockPrefix } from "./mobileNetV3Weights.ts";

/** One inverted residual block with squeeze-and-excitation (tables 1 and 2 of the paper). */
export interface TorchBlock {
  readonly kernel: number;
  /** Channels inside the block. */
  readonly expanded: number;
  /** Channels that leave it. */
  readonly filters: number;
  /** Channels inside squeeze-and-excitation; 0: none. */
  readonly squeezed: number;
  readonly activation: "relu" | "hardSwish";
  readonly stride: 1 | 2;
}

/**
 * The blocks of the paper's table at a width, with their numbers of channels: torchvision, timm and Keras round them alike.
 *
 * @param alpha - As Keras's. Default 1.
 */
export function torchBlocks(rows: readonly Row[], alpha = 1): readonly TorchBlock[] {
  let channels = stemFilters;
  return rows.map((row): TorchBlock => {
    const { expansion, filters, kernelSize, strides, squeezes, swishes } = blockOf(row, alpha, false);
    const expanded = divisible(channels * expansion);
    channels = filters;
    return {
      kernel: kernelSize,
      expanded,
      filters,
      squeezed: squeezes ? divisible(expanded / 4) : 0,
      activation: swishes ? "hardSwish" : "relu",
      stride: strides === 2 ? 2 : 1,
    };
  });
}

/** Of every BatchNormalization. */
type Normalization = { readonly epsilon: number; readonly momentum: number };

/**
 * MobileNetV3 without its classifier, as torchvision and timm build it: the same padding on all sides.
 * Layers have Keras's names where they are the same.
 */
export function torchFeatures(
  inputs: SymbolicTensor,
  blocks: readonly TorchBlock[],
  normalization: Normalization,
): SymbolicTensor {
  let x = zeroPadding2D({ name: "conv_pad" }).apply(inputs);
  x = conv2d({ filters: stemFilters, kernelSize: 3, strides: 2, useBias: false, name: "conv" }).apply(x);
  x = activate(batchNormalization({ ...normalization, name: "conv_bn" }).apply(x), "hardSwish");
  for (const [index, shape] of blocks.entries()) x = invertedResidual(x, { ...shape, normalization }, index);
  x = conv2d({ filters: 6 * blocks.at(-1)!.filters, kernelSize: 1, useBias: false, name: "conv_1" }).apply(x);
  return activate(batchNormalization({ ...normalization, name: "conv_1_bn" }).apply(x), "hardSwish");
}

type NormalizedBlock = TorchBlock & { readonly normalization: Normalization };

function invertedResidual(start: SymbolicTensor, shape: NormalizedBlock, index: number): SymbolicTensor {
  const { normalization } = shape;
  const prefix = blockPrefix(index);
  const channels = start.shape.at(-1);
  let x = start;
  if (shape.expanded !== channels) {
    const { expanded: filters } = shape;
    x = conv2d({ filters, kernelSize: 1, useBias: false, name: `${prefix}expand` }).apply(x);
    x = activate(
      batchNormalization({ ...normalization, name: `${prefix}expand_bn` }).apply(x),
      shape.activation,
    );
  }
  x = depthwise(x, shape, prefix);
  if (shape.squeezed > 0) x = squeezeAndExcite(x, shape, `${prefix}squeeze_excite_`);
  const { filters } = shape;
  x = conv2d({ filters, kernelSize: 1, useBias: false, name: `${prefix}project` }).apply(x);
  x = batchNormalization({ ...normalization, name: `${prefix}project_bn` }).apply(x);
  const residual = shape.stride === 1 && channels === filters;
  return residual ? add({ name: `${prefix}add` }).apply([start, x]) : x;
}

function depthwise(start: SymbolicTensor, shape: NormalizedBlock, prefix: string): SymbolicTensor {
  const { kernel: kernelSize, stride: strides, normalization } = shape;
  const pad = strides === 2;
  let x = start;
  if (pad) x = zeroPadding2D({ padding: (kernelSize - 1) / 2, name: `${prefix}depthwise_pad` }).apply(x);
  const padding = pad ? "valid" : "same";
  const name = `${prefix}depthwise`;
  x = depthwiseConv2D({ kernelSize, strides, padding, useBias: false, name }).apply(x);
  return activate(batchNormalization({ ...normalization, name: `${name}_bn` }).apply(x), shape.activation);
}

/** Scales each channel by what a small network makes of the channels' means (Hu et al. 2018). */
function squeezeAndExcite(start: SymbolicTensor, shape: TorchBlock, prefix: string): SymbolicTensor {
  let x = globalAveragePooling2D({ keepdims: true, name: `${prefix}avg_pool` }).apply(start);
  x = conv2d({ filters: shape.squeezed, kernelSize: 1, name: `${prefix}conv` }).apply(x);
  x = relu({ name: `${prefix}relu` }).apply(x);
  x = conv2d({ filters: shape.expanded, kernelSize: 1, name: `${prefix}conv_1` }).apply(x);
  x = activation({ activation: "hardSigmoid", name: `${prefix}hard_sigmoid` }).apply(x);
  return multiply({ name: `${prefix}mul` }).apply([start, x]);
}

function activate(x: SymbolicTensor, name: TorchBlock["activation"]): SymbolicTensor {
  return name === "relu" ? relu().apply(x) : activation({ activation: name }).apply(x);
}

/** The classifier of torchvision and timm. @param units - Of its first layer. */
export function torchTop(
  map: SymbolicTensor,
  { classes, activation: name }: Classifier,
  units: number,
): SymbolicTensor {
  let x = globalAveragePooling2D({ name: poolingNames.avg }).apply(map);
  x = dense({ units, activation: "hardSwish", name: "conv_2" }).apply(x);
  x = dropout({ rate: 0.2 }).apply(x);
  return dense({ units: classes, activation: name, name: "logits" }).apply(x);
}

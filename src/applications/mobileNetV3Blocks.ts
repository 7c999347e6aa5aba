import {
  activation,
  add,
  batchNormalization,
  conv2d,
  depthwiseConv2D,
  dropout,
  flatten,
  globalAveragePooling2D,
  multiply,
  relu,
  zeroPadding2D,
} from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import type { Classifier } from "./catalogueApplication.ts";
import { divisible, halvingMargins } from "./mobileNetParts.ts";
import { blockPrefix } from "./mobileNetV3Weights.ts";

/** One inverted residual block (tables 1 and 2 of the paper). */
interface Block {
  /** Channels inside the block for each that enters. */
  readonly expansion: number;
  readonly filters: number;
  readonly kernelSize: number;
  readonly strides: number;
  readonly squeezes: boolean;
  readonly swishes: boolean;
}

/** One block as the paper's table has it; `parts`: "s" with squeeze-and-excitation, "h" with hard swish. */
export type Row = readonly [
  expansion: number,
  filters: number,
  kernel: number,
  strides: number,
  parts: string,
];

/** Channels of the first convolution, at every width. */
export const stemFilters = 16;

export const smallRows: readonly Row[] = [
  [1, 16, 3, 2, "s"],
  [72 / 16, 24, 3, 2, ""],
  [88 / 24, 24, 3, 1, ""],
  [4, 40, 5, 2, "sh"],
  [6, 40, 5, 1, "sh"],
  [6, 40, 5, 1, "sh"],
  [3, 48, 5, 1, "sh"],
  [3, 48, 5, 1, "sh"],
  [6, 96, 5, 2, "sh"],
  [6, 96, 5, 1, "sh"],
  [6, 96, 5, 1, "sh"],
];

export const largeRows: readonly Row[] = [
  [1, 16, 3, 1, ""],
  [4, 24, 3, 2, ""],
  [3, 24, 3, 1, ""],
  [3, 40, 5, 2, "s"],
  [3, 40, 5, 1, "s"],
  [3, 40, 5, 1, "s"],
  [6, 80, 3, 2, "h"],
  [2.5, 80, 3, 1, "h"],
  [2.3, 80, 3, 1, "h"],
  [2.3, 80, 3, 1, "h"],
  [6, 112, 3, 1, "sh"],
  [6, 112, 3, 1, "sh"],
  [6, 160, 5, 2, "sh"],
  [6, 160, 5, 1, "sh"],
  [6, 160, 5, 1, "sh"],
];

/** @param minimal - Without squeeze-and-excitation, hard swish and kernels of 5 x 5. */
export function blockOf(
  [expansion, filters, kernel, strides, parts]: Row,
  alpha: number,
  minimal: boolean,
): Block {
  return {
    expansion,
    filters: divisible(filters * alpha),
    kernelSize: minimal ? 3 : kernel,
    strides,
    squeezes: parts.includes("s") && !minimal,
    swishes: parts.includes("h") && !minimal,
  };
}

interface Features {
  readonly blocks: readonly Block[];
  /** Stem and last convolution are followed by hard swish, not ReLU. */
  readonly swishes: boolean;
  /** What every BatchNormalization keeps of its moving statistics in a step. */
  readonly momentum: number;
}

/** MobileNetV3 without its classifier, as Keras builds it, on pixels from -1 to 1. */
export function features(start: SymbolicTensor, { blocks, swishes, momentum }: Features): SymbolicTensor {
  const stem = { filters: stemFilters, kernelSize: 3, strides: 2, padding: "same", useBias: false } as const;
  let x = normalized(conv2d({ ...stem, name: "conv" }).apply(start), "conv_bn", momentum);
  x = activate(x, swishes);
  for (const [index, block] of blocks.entries()) x = invertedResidual(x, { ...block, momentum }, index);
  x = pointwise(x, divisible(6 * channelsOf(x)), "conv_1");
  return activate(normalized(x, "conv_1_bn", momentum), swishes);
}

function invertedResidual(
  start: SymbolicTensor,
  block: Block & Pick<Features, "momentum">,
  index: number,
): SymbolicTensor {
  const { expansion, filters, kernelSize, strides, squeezes, swishes, momentum } = block;
  const prefix = blockPrefix(index);
  const channels = channelsOf(start);
  let x = start;
  if (index > 0) {
    x = pointwise(x, divisible(channels * expansion), `${prefix}expand`);
    x = activate(normalized(x, `${prefix}expand_bn`, momentum), swishes);
  }
  if (strides === 2) {
    x = zeroPadding2D({ padding: halvingMargins(x, kernelSize), name: `${prefix}depthwise_pad` }).apply(x);
  }
  const padding = strides === 2 ? "valid" : "same";
  const depthwise = { kernelSize, strides, padding, useBias: false, name: `${prefix}depthwise` } as const;
  x = normalized(depthwiseConv2D(depthwise).apply(x), `${prefix}depthwise_bn`, momentum);
  x = activate(x, swishes);
  if (squeezes) x = squeezeAndExcite(x, `${prefix}squeeze_excite_`);
  x = normalized(pointwise(x, filters, `${prefix}project`), `${prefix}project_bn`, momentum);
  const residual = strides === 1 && channels === filters;
  return residual ? add({ name: `${prefix}add` }).apply([start, x]) : x;
}

/** Scales each channel by what a small network makes of the channels' means (Hu et al. 2018). */
function squeezeAndExcite(start: SymbolicTensor, prefix: string): SymbolicTensor {
  const channels = channelsOf(start);
  let x = globalAveragePooling2D({ keepdims: true, name: `${prefix}avg_pool` }).apply(start);
  const squeezed = { filters: divisible(channels / 4), kernelSize: 1, padding: "same" } as const;
  x = conv2d({ ...squeezed, name: `${prefix}conv` }).apply(x);
  x = relu({ name: `${prefix}relu` }).apply(x);
  x = conv2d({ filters: channels, kernelSize: 1, padding: "same", name: `${prefix}conv_1` }).apply(x);
  // Hard sigmoid, in the operations that Keras writes it with.
  x = relu({ maxValue: 6 }).apply(add({ number: 3 }).apply(x));
  x = multiply({ number: 1 / 6 }).apply(x);
  return multiply({ name: `${prefix}mul` }).apply([start, x]);
}

interface TopShape {
  readonly lastFilters: number;
  readonly dropoutRate: number;
  readonly swishes: boolean;
}

/** Keras's classifier. */
export function top(
  map: SymbolicTensor,
  { classes, activation: name }: Classifier,
  { lastFilters, dropoutRate, swishes }: TopShape,
): SymbolicTensor {
  let x = globalAveragePooling2D({ keepdims: true }).apply(map);
  x = conv2d({ filters: lastFilters, kernelSize: 1, padding: "same", name: "conv_2" }).apply(x);
  x = activate(x, swishes);
  if (dropoutRate > 0) x = dropout({ rate: dropoutRate }).apply(x);
  x = conv2d({ filters: classes, kernelSize: 1, padding: "same", name: "logits" }).apply(x);
  x = flatten().apply(x);
  return activation({ activation: name ?? "linear", name: "predictions" }).apply(x);
}

function pointwise(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  return conv2d({ filters, kernelSize: 1, padding: "same", useBias: false, name }).apply(x);
}

function normalized(x: SymbolicTensor, name: string, momentum: number): SymbolicTensor {
  return batchNormalization({ momentum, name }).apply(x);
}

function activate(x: SymbolicTensor, swishes: boolean): SymbolicTensor {
  return swishes ? activation({ activation: "hardSwish" }).apply(x) : relu().apply(x);
}

function channelsOf(x: SymbolicTensor): number {
  return Number(x.shape.at(-1));
}

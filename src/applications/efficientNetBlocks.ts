import {
  activation,
  add,
  batchNormalization,
  conv2d,
  depthwiseConv2D,
  dropout,
  zeroPadding2D,
} from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import {
  type Block,
  blocksOf,
  type Form,
  kernelInitializer,
  margins,
  type Stage,
  squeezeAndExcite,
} from "./efficientNetParts.ts";
import { divisible } from "./mobileNetParts.ts";

const stageRow = (
  kernelSize: number,
  repeats: number,
  filtersIn: number,
  filtersOut: number,
  expansion: number,
  strides: number,
): Stage => ({ kernelSize, repeats, filtersIn, filtersOut, expansion, strides });

/** Table 1 of the paper. */
export const stages: readonly Stage[] = [
  stageRow(3, 1, 32, 16, 1, 1),
  stageRow(3, 2, 16, 24, 6, 2),
  stageRow(5, 2, 24, 40, 6, 2),
  stageRow(3, 3, 40, 80, 6, 2),
  stageRow(5, 3, 80, 112, 6, 1),
  stageRow(5, 4, 112, 192, 6, 2),
  stageRow(3, 1, 192, 320, 6, 1),
];

/** Factors of a network's size. */
export interface Factors {
  /** Of all numbers of channels. */
  readonly width: number;
  /** Of all numbers of blocks. */
  readonly depth: number;
}

/** EfficientNet without its classifier, on normalized pixels. */
export function features(start: SymbolicTensor, { width, depth }: Factors, form: Form): SymbolicTensor {
  const round = (filters: number) => divisible(filters * width);
  const total = stages.reduce((sum, { repeats }) => sum + Math.ceil(depth * repeats), 0);
  let x = zeroPadding2D({ padding: margins(start, 3, form), name: "stem_conv_pad" }).apply(start);
  const stem = { filters: round(32), kernelSize: 3, strides: 2, name: "stem_conv" };
  x = activated(convolution(x, stem), "stem", form);
  for (const block of blocksOf(stages, { round, depth, countedBlocks: total }))
    x = invertedResidual(x, block, form);
  x = convolution(x, { filters: round(1280), kernelSize: 1, name: "top_conv" });
  return activated(x, "top", form);
}

function invertedResidual(start: SymbolicTensor, block: Block, form: Form): SymbolicTensor {
  const { prefix, kernelSize, strides, filtersIn, filtersOut, expansion, dropRate } = block;
  let x = start;
  if (expansion !== 1) {
    x = convolution(x, { filters: filtersIn * expansion, kernelSize: 1, name: `${prefix}expand_conv` });
    x = activated(x, `${prefix}expand`, form);
  }
  if (strides === 2) {
    x = zeroPadding2D({ padding: margins(x, kernelSize, form), name: `${prefix}dwconv_pad` }).apply(x);
  }
  const padding = strides === 2 ? "valid" : "same";
  const depthwise = { kernelSize, strides, padding, useBias: false, kernelInitializer } as const;
  x = depthwiseConv2D({ ...depthwise, name: `${prefix}dwconv` }).apply(x);
  x = batchNormalization({ ...form.normalization, name: `${prefix}bn` }).apply(x);
  x = activation({ activation: "swish", name: `${prefix}activation` }).apply(x);
  x = squeezeAndExcite(x, prefix, filtersIn);
  x = convolution(x, { filters: filtersOut, kernelSize: 1, name: `${prefix}project_conv` });
  x = batchNormalization({ ...form.normalization, name: `${prefix}project_bn` }).apply(x);
  if (strides !== 1 || filtersIn !== filtersOut) return x;
  if (dropRate > 0) {
    x = dropout({ rate: dropRate, noiseShape: [null, 1, 1, 1], name: `${prefix}drop` }).apply(x);
  }
  return add({ name: `${prefix}add` }).apply([x, start]);
}

interface Convolution {
  readonly filters: number;
  readonly kernelSize: number;
  readonly strides?: number;
  readonly name: string;
}

/** Of one pixel, or behind margins that a layer before it has added. */
function convolution(x: SymbolicTensor, options: Convolution): SymbolicTensor {
  const padding = options.kernelSize === 1 ? "same" : "valid";
  return conv2d({ ...options, padding, useBias: false, kernelInitializer }).apply(x);
}

function activated(x: SymbolicTensor, name: string, { normalization: options }: Form): SymbolicTensor {
  const normalized = batchNormalization({ ...options, name: `${name}_bn` }).apply(x);
  return activation({ activation: "swish", name: `${name}_activation` }).apply(normalized);
}

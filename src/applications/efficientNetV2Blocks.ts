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

/** A stage of fused blocks has one full convolution in place of two, and no squeeze-and-excitation. */
export interface StageV2 extends Stage {
  readonly fused: boolean;
}

const row = (
  fused: boolean,
  repeats: number,
  filtersIn: number,
  filtersOut: number,
  expansion: number,
  strides: number,
): StageV2 => ({ fused, kernelSize: 3, repeats, filtersIn, filtersOut, expansion, strides });

export const baseStages: readonly StageV2[] = [
  row(true, 1, 32, 16, 1, 1),
  row(true, 2, 16, 32, 4, 2),
  row(true, 2, 32, 48, 4, 2),
  row(false, 3, 48, 96, 4, 2),
  row(false, 5, 96, 112, 6, 1),
  row(false, 8, 112, 192, 6, 2),
];

/** Table 4 of the paper. */
export const smallStages: readonly StageV2[] = [
  row(true, 2, 24, 24, 1, 1),
  row(true, 4, 24, 48, 4, 2),
  row(true, 4, 48, 64, 4, 2),
  row(false, 6, 64, 128, 4, 2),
  row(false, 9, 128, 160, 6, 1),
  row(false, 15, 160, 256, 6, 2),
];

export const mediumStages: readonly StageV2[] = [
  row(true, 3, 24, 24, 1, 1),
  row(true, 5, 24, 48, 4, 2),
  row(true, 5, 48, 80, 4, 2),
  row(false, 7, 80, 160, 4, 2),
  row(false, 14, 160, 176, 6, 1),
  row(false, 18, 176, 304, 6, 2),
  row(false, 5, 304, 512, 6, 1),
];

export const largeStages: readonly StageV2[] = [
  row(true, 4, 32, 32, 1, 1),
  row(true, 7, 32, 64, 4, 2),
  row(true, 7, 64, 96, 4, 2),
  row(false, 10, 96, 192, 4, 2),
  row(false, 19, 192, 224, 6, 1),
  row(false, 25, 224, 384, 6, 2),
  row(false, 7, 384, 640, 6, 1),
];

/** What a network is made of. */
export interface Shape {
  readonly stages: readonly StageV2[];
  /** Factor of all numbers of channels. Default 1. */
  readonly width?: number;
  /** Factor of all numbers of blocks. Default 1. */
  readonly depth?: number;
}

/** EfficientNetV2 without its classifier, on scaled pixels. */
export function features(
  start: SymbolicTensor,
  { stages, width = 1, depth = 1 }: Shape,
  form: Form,
): SymbolicTensor {
  const round = (filters: number) => Math.max(8, Math.floor((filters * width + 4) / 8) * 8);
  const countedBlocks = stages.reduce((sum, { repeats }) => sum + repeats, 0);
  const stem = { filters: round(stages[0]!.filtersIn), kernelSize: 3, strides: 2 };
  let x = activated(convolution(start, "stem_conv", stem, form), "stem", form);
  for (const block of blocksOf(stages, { round, depth, countedBlocks })) {
    x = residual(x, block, block.fused ? fusedBlock(x, block, form) : invertedBlock(x, block, form));
  }
  x = convolution(x, "top_conv", { filters: round(1280), kernelSize: 1 }, form);
  return activated(x, "top", form);
}

function invertedBlock(start: SymbolicTensor, block: Block, form: Form): SymbolicTensor {
  const { prefix, kernelSize, strides, filtersIn, filtersOut, expansion } = block;
  const wide = { filters: filtersIn * expansion, kernelSize: 1 };
  let x = activated(convolution(start, `${prefix}expand_conv`, wide, form), `${prefix}expand`, form);
  const name = `${prefix}dwconv2`;
  const before = padded(x, name, { kernelSize, strides }, form);
  x = depthwiseConv2D({ ...before.convolution, useBias: false, kernelInitializer, name }).apply(
    before.tensor,
  );
  x = normalized(x, `${prefix}bn`, form);
  x = activation({ activation: "swish", name: `${prefix}activation` }).apply(x);
  x = squeezeAndExcite(x, prefix, filtersIn);
  x = convolution(x, `${prefix}project_conv`, { filters: filtersOut, kernelSize: 1 }, form);
  return normalized(x, `${prefix}project_bn`, form);
}

function fusedBlock(start: SymbolicTensor, block: Block, form: Form): SymbolicTensor {
  const { prefix, kernelSize, strides, filtersIn, filtersOut, expansion } = block;
  if (expansion === 1) {
    const x = convolution(start, `${prefix}project_conv`, { filters: filtersOut, kernelSize, strides }, form);
    return activated(x, `${prefix}project`, form);
  }
  const wide = { filters: filtersIn * expansion, kernelSize, strides };
  let x = convolution(start, `${prefix}expand_conv`, wide, form);
  x = activated(x, `${prefix}expand`, form);
  x = convolution(x, `${prefix}project_conv`, { filters: filtersOut, kernelSize: 1 }, form);
  return normalized(x, `${prefix}project_bn`, form);
}

/** Adds what entered the block, where the form has stayed; in training the block is left out for some pictures. */
function residual(start: SymbolicTensor, block: Block, end: SymbolicTensor): SymbolicTensor {
  const { prefix, strides, filtersIn, filtersOut, dropRate: rate } = block;
  if (strides !== 1 || filtersIn !== filtersOut) return end;
  const noiseShape = [null, 1, 1, 1] as const;
  const x = rate > 0 ? dropout({ rate, noiseShape, name: `${prefix}drop` }).apply(end) : end;
  return add({ name: `${prefix}add` }).apply([x, start]);
}

interface Window {
  readonly kernelSize: number;
  readonly strides?: number;
}

function convolution(
  x: SymbolicTensor,
  name: string,
  { filters, ...window }: Window & { readonly filters: number },
  form: Form,
): SymbolicTensor {
  const { tensor, convolution: options } = padded(x, name, window, form);
  return conv2d({ ...options, filters, useBias: false, kernelInitializer, name }).apply(tensor);
}

/** Keras leaves the padding to the convolution; zeros on all sides alike at a stride of 2 are a layer before it. */
function padded(x: SymbolicTensor, name: string, window: Window, form: Form) {
  if (!form.isEven || window.strides !== 2)
    return { tensor: x, convolution: { ...window, padding: "same" } as const };
  const padding = margins(x, window.kernelSize, form);
  const tensor = zeroPadding2D({ padding, name: `${name}_pad` }).apply(x);
  return { tensor, convolution: { ...window, padding: "valid" } as const };
}

function normalized(x: SymbolicTensor, name: string, { normalization }: Form): SymbolicTensor {
  return batchNormalization({ ...normalization, name }).apply(x);
}

function activated(x: SymbolicTensor, name: string, form: Form): SymbolicTensor {
  return activation({ activation: "swish", name: `${name}_activation` }).apply(
    normalized(x, `${name}_bn`, form),
  );
}

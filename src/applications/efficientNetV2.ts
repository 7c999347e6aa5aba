import {
  activation,
  add,
  batchNormalization,
  conv2d,
  depthwiseConv2D,
  dropout,
  normalization,
  rescaling,
} from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { type CatalogueOptions, kerasNetwork } from "./catalogue.ts";
import { catalogueRecord, poolingNames, publishedPair } from "./catalogueRecord.ts";
import {
  type Block,
  blockName,
  blocksOf,
  classifier,
  kernelInitializer,
  type Stage,
  squeezeAndExcite,
} from "./efficientNetParts.ts";

export interface EfficientNetV2Options extends CatalogueOptions {
  /** Inputs are pixels from 0 to 255, normalized inside; false: they are scaled outside, as `preprocessing` says. Default true. */
  readonly includePreprocessing?: boolean;
}

/** A stage of fused blocks has one full convolution in place of two, and no squeeze-and-excitation. */
interface StageV2 extends Stage {
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

const baseStages: readonly StageV2[] = [
  row(true, 1, 32, 16, 1, 1),
  row(true, 2, 16, 32, 4, 2),
  row(true, 2, 32, 48, 4, 2),
  row(false, 3, 48, 96, 4, 2),
  row(false, 5, 96, 112, 6, 1),
  row(false, 8, 112, 192, 6, 2),
];

/** Table 4 of the paper. */
const smallStages: readonly StageV2[] = [
  row(true, 2, 24, 24, 1, 1),
  row(true, 4, 24, 48, 4, 2),
  row(true, 4, 48, 64, 4, 2),
  row(false, 6, 64, 128, 4, 2),
  row(false, 9, 128, 160, 6, 1),
  row(false, 15, 160, 256, 6, 2),
];

const mediumStages: readonly StageV2[] = [
  row(true, 3, 24, 24, 1, 1),
  row(true, 5, 24, 48, 4, 2),
  row(true, 5, 48, 80, 4, 2),
  row(false, 7, 80, 160, 4, 2),
  row(false, 14, 160, 176, 6, 1),
  row(false, 18, 176, 304, 6, 2),
  row(false, 5, 304, 512, 6, 1),
];

const largeStages: readonly StageV2[] = [
  row(true, 4, 32, 32, 1, 1),
  row(true, 7, 32, 64, 4, 2),
  row(true, 7, 64, 96, 4, 2),
  row(false, 10, 96, 192, 4, 2),
  row(false, 19, 192, 224, 6, 1),
  row(false, 25, 224, 384, 6, 2),
  row(false, 7, 384, 640, 6, 1),
];

interface Variant {
  readonly letters: string;
  readonly stages: readonly StageV2[];
  /** Factor of all numbers of channels. Default 1. */
  readonly width?: number;
  /** Factor of all numbers of blocks. Default 1. */
  readonly depth?: number;
  readonly size: number;
  /** How pixels are scaled, inside or outside. */
  readonly pixels: "torch" | "halves";
  readonly md5: readonly [top: string, noTop: string];
}

/**
 * EfficientNetV2-B0 (Tan and Le 2021), as Keras builds it. Without its classifier the output is [batch, height / 32, width / 32, 1280],
 * rounded up. Inputs: pixels from 0 to 255, normalized inside. In training blocks are left out at random, in a frozen base too
 * unless it is applied with `training: false`.
 */
export const efficientNetV2B0 = efficientNetV2({
  letters: "b0",
  stages: baseStages,
  size: 224,
  pixels: "torch",
  md5: ["21ecbf6da12460d5c40bb2f29ceb2188", "893217f2bb855e2983157299931e43ff"],
});

/** EfficientNetV2-B1: as `efficientNetV2B0`, deeper, for 240 pixels. */
export const efficientNetV2B1 = efficientNetV2({
  letters: "b1",
  stages: baseStages,
  depth: 1.1,
  size: 240,
  pixels: "torch",
  md5: ["069f0534ff22adf035c89e2d9547a9dc", "0e80663031ca32d657f9caa404b6ec37"],
});

/** EfficientNetV2-B2: as `efficientNetV2B0`, with 1408 channels, for 260 pixels. */
export const efficientNetV2B2 = efficientNetV2({
  letters: "b2",
  stages: baseStages,
  width: 1.1,
  depth: 1.2,
  size: 260,
  pixels: "torch",
  md5: ["424e49f28180edbde1e94797771950a7", "1dfe2e7a5d45b6632553a8961ea609eb"],
});

/** EfficientNetV2-B3: as `efficientNetV2B0`, with 1536 channels, for 300 pixels. */
export const efficientNetV2B3 = efficientNetV2({
  letters: "b3",
  stages: baseStages,
  width: 1.2,
  depth: 1.4,
  size: 300,
  pixels: "torch",
  md5: ["1f1fc43bd98a6e4fd8fdfd551e02c7a0", "f6abf7b5849ac99a89b50dd3fd532856"],
});

/** EfficientNetV2-S: 40 blocks, 1280 channels, for 384 pixels; inside they are scaled to about -1 to 1. */
export const efficientNetV2S = efficientNetV2({
  letters: "s",
  stages: smallStages,
  size: 384,
  pixels: "halves",
  md5: ["e1d88a8495beba45748fedd0cecbe016", "af0682fb74e8c54910f2d4393339c070"],
});

/** EfficientNetV2-M: as `efficientNetV2S`, with 57 blocks, for 480 pixels. */
export const efficientNetV2M = efficientNetV2({
  letters: "m",
  stages: mediumStages,
  size: 480,
  pixels: "halves",
  md5: ["a3bf6aa3276309f4fc6a34aa114c95cd", "1b8dc055df72dde80d614482840fe342"],
});

/** EfficientNetV2-L: as `efficientNetV2S`, with 79 blocks, for 480 pixels. */
export const efficientNetV2L = efficientNetV2({
  letters: "l",
  stages: largeStages,
  size: 480,
  pixels: "halves",
  md5: ["27e6d408b53c7ebc868fefa357689935", "b0b66b5c863aef5b46e8608fe1711615"],
});

function efficientNetV2(variant: Variant) {
  const { letters, size, md5, pixels } = variant;
  const kerasName = `efficientnetv2-${letters}`;
  const application = catalogueRecord({
    name: `efficientNetV2${letters.toUpperCase()}`,
    commandName: `efficientnet_v2_${letters}`,
    kerasName,
    published: publishedPair({
      folder: "efficientnet_v2/",
      licence: "Apache-2.0",
      files: [`${kerasName}.h5`, `${kerasName}_notop.h5`],
      digests: md5,
    }),
    defaultSize: size,
    scaling: "none",
    stages: stageEnds(variant),
    blocks: [
      ...variant.stages.map(({ expansion }, index) => {
        const name = `block${index + 1}`;
        return [name, `${name}a_${expansion === 1 ? "project_conv" : "expand_conv"}`] as const;
      }),
      ["top", "top_conv"],
    ],
  });
  return kerasNetwork<EfficientNetV2Options>(application, ({ includePreprocessing = true }) => ({
    features: (start) => features(includePreprocessing ? scaled(start, pixels) : start, variant),
    top: (map, asked) => classifier(map, asked, 0.2),
    poolingNames,
    ...(includePreprocessing ? {} : { scaling: pixels, variant: "without preprocessing inside" }),
  }));
}

/** The last layers of the maps of each size: the fused stages halve in their first convolution, the others in their second. */
function stageEnds(variant: Variant): readonly string[] {
  const lastOf = (index: number) => {
    const { repeats, filtersIn, filtersOut } = variant.stages[index]!;
    const count = Math.ceil(repeats * (variant.depth ?? 1));
    const adds = count > 1 || filtersIn === filtersOut;
    return `${blockName(index, count - 1)}_${adds ? "add" : "project_activation"}`;
  };
  return [lastOf(0), lastOf(1), "block4a_expand_activation", "block6a_expand_activation", "top_activation"];
}

function scaled(start: SymbolicTensor, pixels: Variant["pixels"]): SymbolicTensor {
  if (pixels === "halves") return rescaling({ scale: 1 / 128, offset: -1 }).apply(start);
  const x = rescaling({ scale: 1 / 255 }).apply(start);
  const variance = [0.229 ** 2, 0.224 ** 2, 0.225 ** 2];
  return normalization({ mean: [0.485, 0.456, 0.406], variance }).apply(x);
}

function features(start: SymbolicTensor, { stages, width = 1, depth = 1 }: Variant): SymbolicTensor {
  const round = (filters: number) => Math.max(8, Math.floor((filters * width + 4) / 8) * 8);
  const countedBlocks = stages.reduce((sum, { repeats }) => sum + repeats, 0);
  let x = convolution(start, "stem_conv", {
    filters: round(stages[0]!.filtersIn),
    kernelSize: 3,
    strides: 2,
  });
  x = activated(x, "stem_bn", "stem_activation");
  for (const block of blocksOf(stages, { round, depth, countedBlocks })) {
    x = residual(x, block, block.fused ? fusedBlock(x, block) : invertedBlock(x, block));
  }
  x = convolution(x, "top_conv", { filters: round(1280), kernelSize: 1 });
  return activated(x, "top_bn", "top_activation");
}

function invertedBlock(start: SymbolicTensor, block: Block): SymbolicTensor {
  const { prefix, kernelSize, strides, filtersIn, filtersOut, expansion } = block;
  let x = convolution(start, `${prefix}expand_conv`, { filters: filtersIn * expansion, kernelSize: 1 });
  x = activated(x, `${prefix}expand_bn`, `${prefix}expand_activation`);
  const depthwise = { kernelSize, strides, padding: "same", useBias: false, kernelInitializer } as const;
  x = depthwiseConv2D({ ...depthwise, name: `${prefix}dwconv2` }).apply(x);
  x = activated(x, `${prefix}bn`, `${prefix}activation`);
  x = squeezeAndExcite(x, prefix, filtersIn);
  x = convolution(x, `${prefix}project_conv`, { filters: filtersOut, kernelSize: 1 });
  return normalized(x, `${prefix}project_bn`);
}

function fusedBlock(start: SymbolicTensor, block: Block): SymbolicTensor {
  const { prefix, kernelSize, strides, filtersIn, filtersOut, expansion } = block;
  if (expansion === 1) {
    const x = convolution(start, `${prefix}project_conv`, { filters: filtersOut, kernelSize, strides });
    return activated(x, `${prefix}project_bn`, `${prefix}project_activation`);
  }
  const wide = { filters: filtersIn * expansion, kernelSize, strides };
  let x = convolution(start, `${prefix}expand_conv`, wide);
  x = activated(x, `${prefix}expand_bn`, `${prefix}expand_activation`);
  x = convolution(x, `${prefix}project_conv`, { filters: filtersOut, kernelSize: 1 });
  return normalized(x, `${prefix}project_bn`);
}

/** Adds what entered the block, where the form has stayed; in training the block is left out for some pictures. */
function residual(start: SymbolicTensor, block: Block, end: SymbolicTensor): SymbolicTensor {
  const { prefix, strides, filtersIn, filtersOut, dropRate: rate } = block;
  if (strides !== 1 || filtersIn !== filtersOut) return end;
  const noiseShape = [null, 1, 1, 1] as const;
  const x = rate > 0 ? dropout({ rate, noiseShape, name: `${prefix}drop` }).apply(end) : end;
  return add({ name: `${prefix}add` }).apply([x, start]);
}

function convolution(
  x: SymbolicTensor,
  name: string,
  options: { readonly filters: number; readonly kernelSize: number; readonly strides?: number },
): SymbolicTensor {
  return conv2d({ ...options, padding: "same", useBias: false, kernelInitializer, name }).apply(x);
}

function normalized(x: SymbolicTensor, name: string): SymbolicTensor {
  return batchNormalization({ momentum: 0.9, name }).apply(x);
}

function activated(x: SymbolicTensor, normalizationName: string, name: string): SymbolicTensor {
  return activation({ activation: "swish", name }).apply(normalized(x, normalizationName));
}

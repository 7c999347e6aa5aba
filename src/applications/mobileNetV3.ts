import { PermafrostError } from "../base/errors.ts";
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
  rescaling,
  zeroPadding2D,
} from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { type CatalogueOptions, type Classifier, kerasNetwork, type TorchForm } from "./catalogue.ts";
import { catalogueRecord, poolingNames, publishedPair } from "./catalogueRecord.ts";
import { divisible, halvingMargins } from "./mobileNetParts.ts";
import { largeBlocks, type TorchBlock, torchFeatures, torchTop } from "./mobileNetV3Torch.ts";
import { blockPrefix } from "./mobileNetV3Weights.ts";
import { mobileNetV3Naming } from "./torch/mobileNetV3.ts";
import { usualPictures } from "./torch/pictures.ts";

export interface MobileNetV3Options extends CatalogueOptions {
  /** Width: what numbers of channels are multiplied by, then rounded to multiples of 8. Default 1. */
  readonly alpha?: number;
  /** Without squeeze-and-excitation, hard swish and kernels of 5 x 5. Default false. */
  readonly minimalistic?: boolean;
  /** Rate of the classifier's dropout. Default 0.2. */
  readonly dropoutRate?: number;
  /** Inputs are pixels from 0 to 255, scaled inside; false: from -1 to 1. Default true. */
  readonly includePreprocessing?: boolean;
}

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

type Row = readonly [expansion: number, filters: number, kernel: number, strides: number, parts: string];

/** "s": with squeeze-and-excitation; "h": with hard swish. */
const smallRows: readonly Row[] = [
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

const largeRows: readonly Row[] = [
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

interface Variant {
  readonly name: string;
  readonly commandName: string;
  readonly kerasName: string;
  readonly size: "small" | "large";
  readonly rows: readonly Row[];
  /** Channels of the classifier's first layer. */
  readonly lastFilters: number;
  /** Of torchvision's form, where it is this network's other form. */
  readonly torchBlocks?: readonly TorchBlock[];
  /** By the middle of the file's name: form, size and width. */
  readonly md5: Readonly<Record<string, readonly [top: string, noTop: string]>>;
}

/**
 * MobileNetV3-Small (Howard et al. 2019) as Keras builds it. Not to be mixed up with `mobileNetV3Small`, the embedded network in
 * torchvision's form, which pads and normalizes differently. Without its classifier the output is
 * [batch, height / 32, width / 32, 576], rounded up. Inputs: pixels from 0 to 255.
 */
export const mobileNetV3SmallKeras = mobileNetV3({
  name: "mobileNetV3SmallKeras",
  commandName: "mobilenet_v3_small_keras",
  kerasName: "MobileNetV3Small",
  size: "small",
  rows: smallRows,
  lastFilters: 1024,
  md5: {
    "224_0.75": ["cb65d4e5be93758266aa0a7f2c6708b7", "ebdb5cc8e0b497cd13a7c275d475c819"],
    "224_1.0": ["8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"],
    "minimalistic_224_1.0": ["99cd97fb2fcdad2bf028eb838de69e37", "cde8136e733e811080d9fcd8a252f7e4"],
  },
});

/**
 * MobileNetV3-Large as Keras builds it: as `mobileNetV3SmallKeras`, with 960 channels.
 *
 * With weights of torchvision: in torchvision's form, which pads on all sides alike, for pixels of mode "torch".
 */
export const mobileNetV3Large = mobileNetV3({
  name: "mobileNetV3Large",
  commandName: "mobilenet_v3_large",
  kerasName: "MobileNetV3Large",
  size: "large",
  rows: largeRows,
  lastFilters: 1280,
  torchBlocks: largeBlocks,
  md5: {
    "224_0.75": ["765b44a33ad4005b3ac83185abf1d0eb", "40af19a13ebea4e2ee0c676887f69a2e"],
    "224_1.0": ["59e551e166be033d707958cf9e29a6a7", "07fb09a5933dd0c8eaafa16978110389"],
    "minimalistic_224_1.0": ["675e7b876c45c57e9e63e6d90a36599c", "ec5221f64a2f6d1ef965a614bdae7973"],
  },
});

function mobileNetV3(variant: Variant) {
  const { name, commandName, kerasName, rows } = variant;
  const halvings = rows.flatMap(([, , , strides], index) => (strides === 2 ? [index] : []));
  const application = catalogueRecord({
    name,
    commandName,
    kerasName,
    published: published(variant, "224_1.0"),
    scaling: "none",
    stages: [
      ...halvings.map((index) => (index === 0 ? "conv_bn" : `${blockPrefix(index)}expand_bn`)),
      "conv_1_bn",
    ],
    blocks: [
      ...rows.map(([, , , strides], index) => {
        const first = strides === 2 ? "depthwise_pad" : "depthwise";
        return [`block${index + 1}`, `${blockPrefix(index)}${index === 0 ? first : "expand"}`] as const;
      }),
      ["top", "conv_1"],
    ],
  });
  const { torchBlocks } = variant;
  return kerasNetwork<MobileNetV3Options>(
    application,
    (options) => partsOf(variant, options),
    torchBlocks && torchForm(torchBlocks, variant),
  );
}

function torchForm(
  blocks: readonly TorchBlock[],
  { name, lastFilters }: Variant,
): TorchForm<MobileNetV3Options> {
  return {
    parts: ({ alpha = 1, minimalistic = false }) => {
      if (alpha !== 1 || minimalistic) throw onlyWhole(name);
      return {
        features: (start) => torchFeatures(start, blocks),
        top: (map, classifier) => torchTop(map, classifier, lastFilters),
        poolingNames,
      };
    },
    namings: [mobileNetV3Naming(blocks)],
    pictures: usualPictures,
  };
}

function onlyWhole(name: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${name}: torchvision's form is there of width 1 and not minimalistic. Leave alpha and minimalistic out.`,
  );
}

function partsOf(variant: Variant, options: MobileNetV3Options) {
  const { alpha = 1, minimalistic = false, includePreprocessing = true, dropoutRate = 0.2 } = options;
  const blocks = variant.rows.map((row) => blockOf(row, alpha, minimalistic));
  const lastFilters = alpha > 1 ? divisible(variant.lastFilters * alpha) : variant.lastFilters;
  const key = `${minimalistic ? "minimalistic_" : ""}224_${Number.isInteger(alpha) ? alpha.toFixed(1) : alpha}`;
  const ways = [
    ...(alpha === 1 ? [] : [`of width ${alpha}`]),
    ...(minimalistic ? ["in its minimalistic form"] : []),
    ...(includePreprocessing ? [] : ["without preprocessing inside"]),
  ];
  return {
    features: (start: SymbolicTensor) =>
      features(includePreprocessing ? rescaling({ scale: 1 / 127.5, offset: -1 }).apply(start) : start, {
        blocks,
        swishes: !minimalistic,
      }),
    top: (map: SymbolicTensor, classifier: Classifier) =>
      top(map, classifier, { lastFilters, dropoutRate, swishes: !minimalistic }),
    poolingNames,
    published: published(variant, key),
    scaling: includePreprocessing ? ("none" as const) : ("tf" as const),
    ...(ways.length === 0 ? {} : { variant: ways.join(", ") }),
  };
}

function published({ size, md5 }: Variant, key: string) {
  const digests = md5[key];
  if (digests === undefined) return [];
  const stem = `weights_mobilenet_v3_${size}_${key}_float`;
  const files = [`${stem}.h5`, `${stem}_no_top_v2.h5`] as const;
  return publishedPair({ folder: "mobilenet_v3/", licence: "Apache-2.0", files, digests });
}

function blockOf([expansion, filters, kernel, strides, parts]: Row, alpha: number, minimal: boolean): Block {
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
}

function features(start: SymbolicTensor, { blocks, swishes }: Features): SymbolicTensor {
  const stem = { filters: 16, kernelSize: 3, strides: 2, padding: "same", useBias: false } as const;
  let x = normalized(conv2d({ ...stem, name: "conv" }).apply(start), "conv_bn");
  x = activate(x, swishes);
  for (const [index, block] of blocks.entries()) x = invertedResidual(x, block, index);
  x = pointwise(x, divisible(6 * channelsOf(x)), "conv_1");
  return activate(normalized(x, "conv_1_bn"), swishes);
}

function invertedResidual(start: SymbolicTensor, block: Block, index: number): SymbolicTensor {
  const { expansion, filters, kernelSize, strides, squeezes, swishes } = block;
  const prefix = blockPrefix(index);
  const channels = channelsOf(start);
  let x = start;
  if (index > 0) {
    x = pointwise(x, divisible(channels * expansion), `${prefix}expand`);
    x = activate(normalized(x, `${prefix}expand_bn`), swishes);
  }
  if (strides === 2) {
    x = zeroPadding2D({ padding: halvingMargins(x, kernelSize), name: `${prefix}depthwise_pad` }).apply(x);
  }
  const padding = strides === 2 ? "valid" : "same";
  const depthwise = { kernelSize, strides, padding, useBias: false, name: `${prefix}depthwise` } as const;
  x = normalized(depthwiseConv2D(depthwise).apply(x), `${prefix}depthwise_bn`);
  x = activate(x, swishes);
  if (squeezes) x = squeezeAndExcite(x, `${prefix}squeeze_excite_`);
  x = normalized(pointwise(x, filters, `${prefix}project`), `${prefix}project_bn`);
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

function top(
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

function normalized(x: SymbolicTensor, name: string): SymbolicTensor {
  return batchNormalization({ momentum: 0.999, name }).apply(x);
}

function activate(x: SymbolicTensor, swishes: boolean): SymbolicTensor {
  return swishes ? activation({ activation: "hardSwish" }).apply(x) : relu().apply(x);
}

function channelsOf(x: SymbolicTensor): number {
  return Number(x.shape.at(-1));
}

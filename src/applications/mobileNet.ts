import {
  activation,
  batchNormalization,
  conv2d,
  depthwiseConv2D,
  dropout,
  globalAveragePooling2D,
  relu,
  reshape,
  zeroPadding2D,
} from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { kerasNetwork } from "./catalogue.ts";
import type { CatalogueOptions, Classifier } from "./catalogueApplication.ts";
import { catalogueRecord, publishedPair } from "./catalogueRecord.ts";
import { publishedRows } from "./mobileNetParts.ts";

export interface MobileNetOptions extends CatalogueOptions {
  /** Width: what all numbers of channels are multiplied by. Default 1. */
  readonly alpha?: number;
  /** Channels that a depthwise convolution makes of each. Default 1. */
  readonly depthMultiplier?: number;
  /** Rate of the classifier's dropout. Default 0.001. */
  readonly dropout?: number;
}

/** One depthwise separable convolution (table 1 of the paper). */
interface Block {
  readonly filters: number;
  readonly strides: 1 | 2;
}

const widths = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024] as const;

/** Where channels double, the map is halved; not in the first block, which follows a halving. */
const blocks: readonly Block[] = widths.map((filters, index) => ({
  filters,
  strides: index > 0 && filters > widths[index - 1]! ? 2 : 1,
}));

const application = catalogueRecord({
  name: "mobileNet",
  commandName: "mobilenet",
  published: published("1_0", 224),
  scaling: "tf",
  stages: [1, 3, 5, 11, 13].map((number) => `conv_pw_${number}_relu`),
  blocks: blocks.map(({ strides }, index) => [
    `block${index + 1}`,
    `${strides === 2 ? "conv_pad" : "conv_dw"}_${index + 1}`,
  ]),
});

/**
 * MobileNet (Howard et al. 2017), as Keras builds it. Without its classifier the output is
 * [batch, height / 32, width / 32, 1024 · alpha]. Inputs: pixels from -1 to 1 (mode "tf").
 */
export const mobileNet = kerasNetwork<MobileNetOptions>(application, (options) => {
  const { alpha = 1, depthMultiplier = 1, dropout: rate = 1e-3 } = options;
  const features = (start: SymbolicTensor) =>
    blocks.reduce(
      (x, { filters, strides }, index) =>
        separable(x, index + 1, { filters: Math.floor(filters * alpha), strides, depthMultiplier }),
      stem(start, Math.floor(32 * alpha)),
    );
  const isStandard = alpha === 1 && depthMultiplier === 1;
  const width = depthMultiplier === 1 ? publishedWidths.get(alpha) : undefined;
  return {
    features,
    top: (map, classifier) => top(map, classifier, rate),
    name: (rows) => `mobilenet_${alpha.toFixed(2)}_${rows}`,
    published: width === undefined ? [] : published(width, publishedRows(options, [128, 160, 192])),
    ...(isStandard ? {} : { variant: `of width ${alpha} and depth multiplier ${depthMultiplier}` }),
  };
});

/** The widths that there are weights for, as file names have them. */
const publishedWidths: ReadonlyMap<number, string> = new Map([
  [0.25, "2_5"],
  [0.5, "5_0"],
  [0.75, "7_5"],
  [1, "1_0"],
]);

function published(width: string, rows: number) {
  const stem = `mobilenet_${width}_${rows}_tf`;
  const files = [`${stem}.h5`, `${stem}_no_top.h5`] as const;
  return publishedPair({ folder: "mobilenet/", licence: "Apache-2.0", files });
}

function stem(x: SymbolicTensor, filters: number): SymbolicTensor {
  const options = { filters, kernelSize: 3, strides: 2, padding: "same", useBias: false } as const;
  return rectified(conv2d({ ...options, name: "conv1" }).apply(x), "conv1");
}

/** A convolution of each channel by itself, then one over channels. */
function separable(
  start: SymbolicTensor,
  number: number,
  { filters, strides, depthMultiplier }: Block & { readonly depthMultiplier: number },
): SymbolicTensor {
  let x = start;
  const sides = [0, 1] as const;
  if (strides === 2) x = zeroPadding2D({ padding: [sides, sides], name: `conv_pad_${number}` }).apply(x);
  const padding = strides === 2 ? "valid" : "same";
  const depthwise = { kernelSize: 3, strides, padding, depthMultiplier, useBias: false } as const;
  x = depthwiseConv2D({ ...depthwise, name: `conv_dw_${number}` }).apply(x);
  x = rectified(x, `conv_dw_${number}`);
  const name = `conv_pw_${number}`;
  x = conv2d({ filters, kernelSize: 1, padding: "same", useBias: false, name }).apply(x);
  return rectified(x, name);
}

function rectified(x: SymbolicTensor, name: string): SymbolicTensor {
  const normalized = batchNormalization({ name: `${name}_bn` }).apply(x);
  return relu({ maxValue: 6, name: `${name}_relu` }).apply(normalized);
}

function top(map: SymbolicTensor, { classes, activation: name }: Classifier, rate: number): SymbolicTensor {
  let x = globalAveragePooling2D({ keepdims: true }).apply(map);
  x = dropout({ rate, name: "dropout" }).apply(x);
  x = conv2d({ filters: classes, kernelSize: 1, padding: "same", name: "conv_preds" }).apply(x);
  x = reshape({ targetShape: [classes], name: "reshape_2" }).apply(x);
  return activation({ activation: name ?? "linear", name: "predictions" }).apply(x);
}

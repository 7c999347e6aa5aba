import { PermafrostError } from "../base/errors.ts";
import {
  activation,
  add,
  batchNormalization,
  conv2d,
  depthwiseConv2D,
  dropout,
  normalization,
  rescaling,
  zeroPadding2D,
} from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import type { Model } from "../models/functional.ts";
import { kerasNetwork } from "./catalogue.ts";
import { catalogueRecord, poolingNames, publishedPair } from "./catalogueRecord.ts";
import {
  type Block,
  blocksOf,
  classifier,
  kernelInitializer,
  type Stage,
  squeezeAndExcite,
} from "./efficientNetParts.ts";
import { divisible, halvingMargins } from "./mobileNetParts.ts";

const stageRow = (
  kernelSize: number,
  repeats: number,
  filtersIn: number,
  filtersOut: number,
  expansion: number,
  strides: number,
): Stage => ({ kernelSize, repeats, filtersIn, filtersOut, expansion, strides });

/** Table 1 of the paper. */
const stages: readonly Stage[] = [
  stageRow(3, 1, 32, 16, 1, 1),
  stageRow(3, 2, 16, 24, 6, 2),
  stageRow(5, 2, 24, 40, 6, 2),
  stageRow(3, 3, 40, 80, 6, 2),
  stageRow(5, 3, 80, 112, 6, 1),
  stageRow(5, 4, 112, 192, 6, 2),
  stageRow(3, 1, 192, 320, 6, 1),
];

interface Variant {
  readonly letters: string;
  /** Factor of all numbers of channels. */
  readonly width: number;
  /** Factor of all numbers of blocks. */
  readonly depth: number;
  readonly size: number;
  /** Rate of the classifier's dropout. */
  readonly dropoutRate: number;
  readonly md5: readonly [top: string, noTop: string];
}

/**
 * EfficientNet-B0 (Tan and Le 2019), as Keras builds it. Without its classifier the output is [batch, height / 32, width / 32, 1280],
 * rounded up. Inputs: pixels from 0 to 255, normalized inside. In training blocks are left out at random, in a frozen base too
 * unless it is applied with `training: false`.
 */
export const efficientNetB0 = efficientNet({
  letters: "b0",
  width: 1,
  depth: 1,
  size: 224,
  dropoutRate: 0.2,
  md5: ["902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d"],
});

/** EfficientNet-B1: as `efficientNetB0`, deeper, for 240 pixels. */
export const efficientNetB1 = efficientNet({
  letters: "b1",
  width: 1,
  depth: 1.1,
  size: 240,
  dropoutRate: 0.2,
  md5: ["1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432"],
});

/** EfficientNet-B2: as `efficientNetB0`, with 1408 channels, for 260 pixels. */
export const efficientNetB2 = efficientNet({
  letters: "b2",
  width: 1.1,
  depth: 1.2,
  size: 260,
  dropoutRate: 0.3,
  md5: ["b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39"],
});

/** EfficientNet-B3: as `efficientNetB0`, with 1536 channels, for 300 pixels. */
export const efficientNetB3 = efficientNet({
  letters: "b3",
  width: 1.2,
  depth: 1.4,
  size: 300,
  dropoutRate: 0.3,
  md5: ["ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226"],
});

/** EfficientNet-B4: as `efficientNetB0`, with 1792 channels, for 380 pixels. */
export const efficientNetB4 = efficientNet({
  letters: "b4",
  width: 1.4,
  depth: 1.8,
  size: 380,
  dropoutRate: 0.4,
  md5: ["18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba"],
});

/** EfficientNet-B5: as `efficientNetB0`, with 2048 channels, for 456 pixels. */
export const efficientNetB5 = efficientNet({
  letters: "b5",
  width: 1.6,
  depth: 2.2,
  size: 456,
  dropoutRate: 0.4,
  md5: ["ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f"],
});

/** EfficientNet-B6: as `efficientNetB0`, with 2304 channels, for 528 pixels. */
export const efficientNetB6 = efficientNet({
  letters: "b6",
  width: 1.8,
  depth: 2.6,
  size: 528,
  dropoutRate: 0.5,
  md5: ["165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743"],
});

/** EfficientNet-B7: as `efficientNetB0`, with 2560 channels, for 600 pixels. */
export const efficientNetB7 = efficientNet({
  letters: "b7",
  width: 2,
  depth: 3.1,
  size: 600,
  dropoutRate: 0.5,
  md5: ["8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a"],
});

function efficientNet(variant: Variant) {
  const { letters, size, dropoutRate, md5 } = variant;
  const kerasName = `efficientnet${letters}`;
  const files = [`${kerasName}.h5`, `${kerasName}_notop.h5`] as const;
  const folder = "https://storage.googleapis.com/keras-applications/";
  const application = catalogueRecord({
    name: `efficientNet${letters.toUpperCase()}`,
    commandName: `efficientnet_${letters}`,
    kerasName,
    published: publishedPair({ folder, licence: "Apache-2.0", files, digests: md5 }),
    defaultSize: size,
    scaling: "none",
    stages: [...[2, 3, 4, 6].map((number) => `block${number}a_expand_activation`), "top_activation"],
    blocks: [
      ...stages.map(({ expansion }, index) => {
        const name = `block${index + 1}`;
        return [name, `${name}a_${expansion === 1 ? "dwconv" : "expand_conv"}`] as const;
      }),
      ["top", "top_conv"],
    ],
  });
  return kerasNetwork(application, ({ weights = "imagenet" }) => {
    // Keras's own files hold deviations where variances belong, and a layer more makes up for it.
    const ownWeights =
      weights !== null && (weights === "imagenet" || files.some((file) => weights.endsWith(file)));
    return {
      features: (start) => features(start, variant, ownWeights),
      top: (map, asked) => classifier(map, asked, dropoutRate),
      poolingNames,
      checkWeights: (network, file) => {
        if (!ownWeights) checkVariances(network, file, files);
      },
    };
  });
}

/** ImageNet's deviations of pixels / 255. */
const deviations = [0.229, 0.224, 0.225] as const;

/** Keras's file under another name would silently give other features. */
function checkVariances(network: Model, file: string, files: readonly string[]): void {
  const variances = network.getLayer("normalization").weights[1]!.value;
  if (deviations.some((deviation, index) => Math.abs(variances[index]! - deviation) > 1e-3)) return;
  throw new PermafrostError(
    "WEIGHTS_INVALID",
    `${file}: its normalization holds ImageNet's deviations in place of variances, as Keras's published files do. ` +
      `Give it the name of that file again (${files.join(" or ")}), so that the network gets the layer that belongs to them.`,
    { details: { path: file } },
  );
}

function features(start: SymbolicTensor, { width, depth }: Variant, ownWeights: boolean): SymbolicTensor {
  const round = (filters: number) => divisible(filters * width);
  const total = stages.reduce((sum, { repeats }) => sum + Math.ceil(depth * repeats), 0);
  let x = rescaling({ scale: 1 / 255 }).apply(start);
  x = normalization().apply(x);
  if (ownWeights) x = rescaling({ scale: deviations.map((deviation) => 1 / Math.sqrt(deviation)) }).apply(x);
  x = zeroPadding2D({ padding: halvingMargins(x, 3), name: "stem_conv_pad" }).apply(x);
  const stem = { filters: round(32), kernelSize: 3, strides: 2, name: "stem_conv" };
  x = activated(convolution(x, stem), "stem_bn", "stem_activation");
  for (const block of blocksOf(stages, { round, depth, countedBlocks: total }))
    x = invertedResidual(x, block);
  x = convolution(x, { filters: round(1280), kernelSize: 1, name: "top_conv" });
  return activated(x, "top_bn", "top_activation");
}

function invertedResidual(start: SymbolicTensor, block: Block): SymbolicTensor {
  const { prefix, kernelSize, strides, filtersIn, filtersOut, expansion, dropRate } = block;
  let x = start;
  if (expansion !== 1) {
    x = convolution(x, { filters: filtersIn * expansion, kernelSize: 1, name: `${prefix}expand_conv` });
    x = activated(x, `${prefix}expand_bn`, `${prefix}expand_activation`);
  }
  if (strides === 2) {
    x = zeroPadding2D({ padding: halvingMargins(x, kernelSize), name: `${prefix}dwconv_pad` }).apply(x);
  }
  const padding = strides === 2 ? "valid" : "same";
  const depthwise = { kernelSize, strides, padding, useBias: false, kernelInitializer } as const;
  x = depthwiseConv2D({ ...depthwise, name: `${prefix}dwconv` }).apply(x);
  x = activated(x, `${prefix}bn`, `${prefix}activation`);
  x = squeezeAndExcite(x, prefix, filtersIn);
  x = convolution(x, { filters: filtersOut, kernelSize: 1, name: `${prefix}project_conv` });
  x = batchNormalization({ name: `${prefix}project_bn` }).apply(x);
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

function activated(x: SymbolicTensor, normalizationName: string, name: string): SymbolicTensor {
  const normalized = batchNormalization({ name: normalizationName }).apply(x);
  return activation({ activation: "swish", name }).apply(normalized);
}

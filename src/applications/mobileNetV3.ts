import { PermafrostError } from "../base/errors.ts";
import { rescaling } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { kerasNetwork } from "./catalogue.ts";
import type { CatalogueOptions, Classifier } from "./catalogueApplication.ts";
import { catalogueRecord, poolingNames, publishedPair } from "./catalogueRecord.ts";
import { divisible } from "./mobileNetParts.ts";
import { blockOf, features, largeRows, type Row, smallRows, top } from "./mobileNetV3Blocks.ts";
import { evenForms } from "./mobileNetV3Forms.ts";
import { torchBlocks } from "./mobileNetV3Torch.ts";
import { blockPrefix } from "./mobileNetV3Weights.ts";
import { timmMobileNetV3 } from "./torch/mobileNetV3.ts";
import { halves, usualPictures } from "./torch/pictures.ts";
import { formOwners, type TorchForm } from "./torch/torchForm.ts";

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

interface Variant {
  readonly name: string;
  readonly commandName: string;
  readonly kerasName: string;
  readonly size: "small" | "large";
  readonly rows: readonly Row[];
  /** Channels of the classifier's first layer. */
  readonly lastFilters: number;
  /** The network that has the forms of torchvision and timm at width 1, where that is another one. */
  readonly evenNetwork?: string;
  /** By the middle of the file's name: form, size and width. */
  readonly md5: Readonly<Record<string, readonly [top: string, noTop: string]>>;
}

/**
 * MobileNetV3-Small (Howard et al. 2019) as Keras builds it. Not to be mixed up with `mobileNetV3Small`, the embedded network in
 * torchvision's form, which pads and normalizes differently. Without its classifier the output is
 * [batch, height / 32, width / 32, 576], rounded up. Inputs: pixels from 0 to 255.
 *
 * With weights of timm's `tf_mobilenetv3_small_100`, or with its alpha `_075`: the same, for pixels from -1 to 1. With those of
 * `mobilenetv3_small_050` or `_075` and its alpha: timm's form, which pads on all sides alike, for pixels of mode "torch".
 */
export const mobileNetV3SmallKeras = mobileNetV3({
  name: "mobileNetV3SmallKeras",
  commandName: "mobilenet_v3_small_keras",
  kerasName: "MobileNetV3Small",
  size: "small",
  rows: smallRows,
  lastFilters: 1024,
  evenNetwork: "mobileNetV3Small",
  md5: {
    "224_0.75": ["cb65d4e5be93758266aa0a7f2c6708b7", "ebdb5cc8e0b497cd13a7c275d475c819"],
    "224_1.0": ["8768d4c2e7dee89b9d02b2d03d65d862", "d3e8ec802a04aa4fc771ee12a9a9b836"],
    "minimalistic_224_1.0": ["99cd97fb2fcdad2bf028eb838de69e37", "cde8136e733e811080d9fcd8a252f7e4"],
  },
});

/**
 * MobileNetV3-Large as Keras builds it: as `mobileNetV3SmallKeras`, with 960 channels.
 *
 * With weights of torchvision or timm: in their forms, which pad on all sides alike, for pixels of mode "torch"; with those of timm's
 * `tf_mobilenetv3_large_100` for pixels from -1 to 1. timm's `mobilenetv3_large_075` and `tf_mobilenetv3_large_075` have alpha 0.75.
 */
export const mobileNetV3Large = mobileNetV3({
  name: "mobileNetV3Large",
  commandName: "mobilenet_v3_large",
  kerasName: "MobileNetV3Large",
  size: "large",
  rows: largeRows,
  lastFilters: 1280,
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
  return kerasNetwork<MobileNetV3Options>(
    application,
    (options) => partsOf(variant, options),
    torchForms(variant),
  );
}

function torchForms(variant: Variant): readonly TorchForm<MobileNetV3Options>[] {
  const { rows, lastFilters, evenNetwork } = variant;
  const tensorFlow: TorchForm<MobileNetV3Options> = {
    name: "tf",
    parts: (options) => partsOf(variant, options, { momentum: 0.9, scalesInside: false }),
    namings: [timmMobileNetV3(torchBlocks(rows))],
    pictures: { ...usualPictures, ...halves },
  };
  const even = evenForms(rows, lastFilters).map(
    (form): TorchForm<MobileNetV3Options> => ({
      ...form,
      parts(options) {
        const { alpha = 1, minimalistic = false } = options;
        const hasWidth = alpha === 1 ? evenNetwork === undefined : alpha < 1 && form.name === "timm";
        if (!hasWidth || minimalistic) throw notInForm(variant, form.name);
        return { ...form.parts(options), ...(alpha === 1 ? {} : { variant: `of width ${alpha}` }) };
      },
    }),
  );
  return [...even.filter((form) => evenNetwork === undefined || form.name === "timm"), tensorFlow];
}

function notInForm({ name, evenNetwork }: Variant, form: TorchForm<object>["name"]): PermafrostError {
  const widths =
    form === "torch"
      ? "with alpha 1"
      : evenNetwork === undefined
        ? "with alpha up to 1"
        : `with alpha below 1 (${evenNetwork} has it with 1)`;
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `${name}: ${formOwners[form]} is there ${widths} and not minimalistic. Keras's form, and that of timm's tf_ models, have all of them.`,
  );
}

/** As Keras builds it, unless something else is given. */
function partsOf(
  variant: Variant,
  options: MobileNetV3Options,
  { momentum = 0.999, scalesInside = options.includePreprocessing ?? true } = {},
) {
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
      features(scalesInside ? rescaling({ scale: 1 / 127.5, offset: -1 }).apply(start) : start, {
        blocks,
        swishes: !minimalistic,
        momentum,
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

import { normalization, rescaling } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { kerasNetwork } from "./catalogue.ts";
import type { CatalogueOptions, Classifier } from "./catalogueApplication.ts";
import { catalogueRecord, poolingNames, publishedPair } from "./catalogueRecord.ts";
import { blockName, classifier, type Form } from "./efficientNetParts.ts";
import {
  baseStages,
  features,
  largeStages,
  mediumStages,
  type Shape,
  type StageV2,
  smallStages,
} from "./efficientNetV2Blocks.ts";
import { type BlockKind, timmEfficientNet, torchvisionEfficientNet } from "./torch/efficientNet.ts";
import { halves, type TorchPictures } from "./torch/pictures.ts";
import type { TorchForm } from "./torch/torchForm.ts";

export interface EfficientNetV2Options extends CatalogueOptions {
  /** Inputs are pixels from 0 to 255, normalized inside; false: they are scaled outside, as `preprocessing` says. Default true. */
  readonly includePreprocessing?: boolean;
}

interface Variant extends Shape {
  readonly letters: string;
  readonly size: number;
  /** How pixels are scaled, inside or outside. */
  readonly pixels: "torch" | "halves";
  readonly md5: readonly [top: string, noTop: string];
  /** The share of the shorter side that timm cuts out for its models from TensorFlow. */
  readonly share: number;
  /** How torchvision prepares its pictures, where it has the network. */
  readonly torchvision?: Pick<TorchPictures, "filter" | "mean" | "std">;
}

/** Keras's, and that of timm's models from TensorFlow. */
const kerasForm: Form = { normalization: { epsilon: 1e-3, momentum: 0.9 }, isEven: false };

const torchvisionForm: Form = { ...kerasForm, isEven: true };

/**
 * EfficientNetV2-B0 (Tan and Le 2021), as Keras builds it. Without its classifier the output is [batch, height / 32, width / 32, 1280],
 * rounded up. Inputs: pixels from 0 to 255, normalized inside. In training blocks are left out at random, in a frozen base too
 * unless it is applied with `training: false`.
 *
 * With weights of timm's `tf_` models: without the normalization inside, for pixels of mode "torch".
 */
export const efficientNetV2B0 = efficientNetV2({
  letters: "b0",
  stages: baseStages,
  size: 224,
  pixels: "torch",
  md5: ["21ecbf6da12460d5c40bb2f29ceb2188", "893217f2bb855e2983157299931e43ff"],
  share: 0.875,
});

/** EfficientNetV2-B1: as `efficientNetV2B0`, deeper, for 240 pixels. */
export const efficientNetV2B1 = efficientNetV2({
  letters: "b1",
  stages: baseStages,
  depth: 1.1,
  size: 240,
  pixels: "torch",
  md5: ["069f0534ff22adf035c89e2d9547a9dc", "0e80663031ca32d657f9caa404b6ec37"],
  share: 0.882,
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
  share: 0.89,
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
  share: 0.904,
});

/**
 * EfficientNetV2-S: 40 blocks, 1280 channels, for 384 pixels; inside they are scaled to about -1 to 1.
 *
 * With weights of torchvision: in its form, which pads on all sides alike, for pixels of mode "torch"; with those of timm's `tf_` models from -1 to 1.
 */
export const efficientNetV2S = efficientNetV2({
  letters: "s",
  stages: smallStages,
  size: 384,
  pixels: "halves",
  md5: ["e1d88a8495beba45748fedd0cecbe016", "af0682fb74e8c54910f2d4393339c070"],
  share: 1,
  torchvision: { filter: "bilinear" },
});

/** EfficientNetV2-M: as `efficientNetV2S`, with 57 blocks, for 480 pixels. */
export const efficientNetV2M = efficientNetV2({
  letters: "m",
  stages: mediumStages,
  size: 480,
  pixels: "halves",
  md5: ["a3bf6aa3276309f4fc6a34aa114c95cd", "1b8dc055df72dde80d614482840fe342"],
  share: 1,
  torchvision: { filter: "bilinear" },
});

/** EfficientNetV2-L: as `efficientNetV2S`, with 79 blocks, for 480 pixels. */
export const efficientNetV2L = efficientNetV2({
  letters: "l",
  stages: largeStages,
  size: 480,
  pixels: "halves",
  md5: ["27e6d408b53c7ebc868fefa357689935", "b0b66b5c863aef5b46e8608fe1711615"],
  share: 1,
  torchvision: { filter: "bicubic", ...halves },
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
  return kerasNetwork<EfficientNetV2Options>(
    application,
    ({ includePreprocessing = true }) => ({
      ...partsOf(variant, kerasForm, includePreprocessing),
      ...(includePreprocessing
        ? {}
        : {
            scaling: pixels,
            variant: "without preprocessing inside",
            // The scaling has no weights: the same files fit.
            published: application.published,
          }),
    }),
    torchForms(variant),
  );
}

function partsOf(variant: Variant, form: Form, includePreprocessing: boolean) {
  const { pixels } = variant;
  return {
    features: (start: SymbolicTensor) =>
      features(includePreprocessing ? scaled(start, pixels) : start, variant, form),
    top: (map: SymbolicTensor, asked: Classifier) => classifier(map, asked, 0.2),
    poolingNames,
  };
}

/** Each takes pixels that were scaled outside. */
function torchForms(variant: Variant): readonly TorchForm<EfficientNetV2Options>[] {
  const { size, pixels, share, torchvision } = variant;
  const kinds = variant.stages.map(kindOf);
  const tensorFlow: TorchForm<EfficientNetV2Options> = {
    name: "tf",
    parts: () => partsOf(variant, kerasForm, false),
    namings: [timmEfficientNet(kinds)],
    pictures: {
      resizeTo: Math.floor(size / share),
      crop: size,
      filter: "bicubic",
      ...(pixels === "halves" ? halves : {}),
    },
  };
  if (torchvision === undefined) return [tensorFlow];
  return [
    {
      name: "torch",
      parts: () => partsOf(variant, torchvisionForm, false),
      namings: [torchvisionEfficientNet(kinds)],
      pictures: { resizeTo: size, crop: size, ...torchvision },
    },
    tensorFlow,
  ];
}

function kindOf({ fused, expansion }: StageV2): BlockKind {
  if (!fused) return "inverted";
  return expansion === 1 ? "plain" : "fused";
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

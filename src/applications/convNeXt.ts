import {
  activation,
  add,
  conv2d,
  dense,
  globalAveragePooling2D,
  globalMaxPooling2D,
  layerNormalization,
  layerScale,
  normalization,
} from "../layers/index.ts";
import type { Layer, SymbolicTensor } from "../layers/layer.ts";
import { Sequential } from "../models/sequential.ts";
import { kerasNetwork } from "./catalogue.ts";
import type { CatalogueOptions, Classifier } from "./catalogueApplication.ts";
import { catalogueRecord, publishedPair } from "./catalogueRecord.ts";
import { convNeXtNamings } from "./torch/convNeXt.ts";

export interface ConvNeXtOptions extends CatalogueOptions {
  /** Inputs are pixels from 0 to 255, normalized inside; false: they are scaled outside, as `preprocessing` says. Default true. */
  readonly includePreprocessing?: boolean;
}

/** Of every LayerNormalization. */
const epsilon = 1e-6;

interface Variant {
  readonly size: "Tiny" | "Small" | "Base" | "Large" | "XLarge";
  /** Blocks in the third of the four stages; 3 in the others. */
  readonly depth: 9 | 27;
  /** Channels of the first stage; they double from stage to stage. */
  readonly width: number;
  /** Pixels of the shorter side for 224 pixels of the middle, as torchvision's weights want it. Default 256. */
  readonly resizeTo?: number;
  readonly sha256: readonly [top: string, noTop: string];
}

/**
 * ConvNeXt-Tiny (Liu et al. 2022, "A ConvNet for the 2020s"), as Keras builds it. Without its classifier the output is
 * [batch, height / 32, width / 32, 768], rounded down. Inputs: pixels from 0 to 255, normalized inside.
 *
 * With weights of torchvision or timm: without that normalization, for pixels of mode "torch".
 */
export const convNeXtTiny = convNeXt({
  size: "Tiny",
  depth: 9,
  width: 96,
  resizeTo: 236,
  sha256: [
    "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
    "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
  ],
});

/** ConvNeXt-Small: as `convNeXtTiny`, with 27 blocks in the third stage. */
export const convNeXtSmall = convNeXt({
  size: "Small",
  depth: 27,
  width: 96,
  resizeTo: 230,
  sha256: [
    "ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
    "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab",
  ],
});

/** ConvNeXt-Base: as `convNeXtSmall`, with 1024 channels. */
export const convNeXtBase = convNeXt({
  size: "Base",
  depth: 27,
  width: 128,
  resizeTo: 232,
  sha256: [
    "52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
    "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45",
  ],
});

/** ConvNeXt-Large: as `convNeXtSmall`, with 1536 channels. */
export const convNeXtLarge = convNeXt({
  size: "Large",
  depth: 27,
  width: 192,
  resizeTo: 232,
  sha256: [
    "070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
    "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd",
  ],
});

/** ConvNeXt-XLarge: as `convNeXtSmall`, with 2048 channels. */
export const convNeXtXLarge = convNeXt({
  size: "XLarge",
  depth: 27,
  width: 256,
  sha256: [
    "c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
    "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05",
  ],
});

function convNeXt({ size, depth, width, resizeTo = 256, sha256 }: Variant) {
  const kerasName = `convnext_${size.toLowerCase()}`;
  const depths = [3, 3, depth, 3];
  const stageName = (index: number) =>
    index === 0
      ? `${kerasName}_stage_0_block_0_depthwise_conv`
      : `${kerasName}_downsampling_block_${index - 1}`;
  const application = catalogueRecord({
    name: `convNeXt${size}`,
    commandName: kerasName,
    published: publishedPair({
      folder: "convnext/",
      licence: "MIT",
      files: [`${kerasName}.h5`, `${kerasName}_notop.h5`],
      digests: sha256,
    }),
    scaling: "none",
    // Nothing has half the size of the picture: the first layer takes a quarter.
    stages: ["add_2", "add_5", `add_${5 + depth}`, `add_${8 + depth}`],
    blocks: depths.map((_, index) => [`stage${index + 1}`, stageName(index)] as const),
  });
  const parts = (name: string, includePreprocessing: boolean) => ({
    features: (start: SymbolicTensor) => {
      const x = includePreprocessing ? normalized(start, name) : start;
      return depths.reduce((map, count, index) => stage(map, { name, index, count, width }), x);
    },
    top: (map: SymbolicTensor, classifier: Classifier) => head(map, classifier, name),
    pooled,
  });
  return kerasNetwork<ConvNeXtOptions>(
    application,
    ({ includePreprocessing = true, name = kerasName }) => ({
      ...parts(name, includePreprocessing),
      ...(includePreprocessing
        ? {}
        : {
            scaling: "torch" as const,
            variant: "without preprocessing inside",
            // The normalization has no weights: the same files fit.
            published: application.published,
          }),
    }),
    [
      {
        name: "torch",
        // The same layers: the weights are the authors', which Keras converted.
        parts: ({ name = kerasName }) => parts(name, false),
        namings: convNeXtNamings,
        pictures: { resizeTo, crop: 224, filter: "bilinear" },
      },
    ],
  );
}

/** ImageNet's mean and deviation, of pixels from 0 to 255. */
function normalized(start: SymbolicTensor, name: string): SymbolicTensor {
  const mean = [0.485, 0.456, 0.406].map((value) => value * 255);
  const variance = [0.229, 0.224, 0.225].map((value) => (value * 255) ** 2);
  return normalization({ mean, variance, name: `${name}_prestem_normalization` }).apply(start);
}

interface Stage {
  readonly name: string;
  readonly index: number;
  /** Number of blocks. */
  readonly count: number;
  /** Channels of the first stage. */
  readonly width: number;
}

function stage(start: SymbolicTensor, { name, index, count, width }: Stage): SymbolicTensor {
  const filters = width * 2 ** index;
  let x = (index === 0 ? stem(name, filters) : downsampling(name, index - 1, filters)).apply(start);
  for (let place = 0; place < count; place++) x = block(x, filters, `${name}_stage_${index}_block_${place}`);
  return x;
}

/** Squares of 4 x 4 pixels, each for itself. */
function stem(name: string, filters: number): Layer {
  return new Sequential({
    name: `${name}_stem`,
    layers: [
      conv2d({ filters, kernelSize: 4, strides: 4, name: `${name}_stem_conv` }),
      layerNormalization({ epsilon, name: `${name}_stem_layernorm` }),
    ],
  });
}

function downsampling(name: string, index: number, filters: number): Layer {
  return new Sequential({
    name: `${name}_downsampling_block_${index}`,
    layers: [
      layerNormalization({ epsilon, name: `${name}_downsampling_layernorm_${index}` }),
      conv2d({ filters, kernelSize: 2, strides: 2, name: `${name}_downsampling_conv_${index}` }),
    ],
  });
}

/** A wide convolution of each channel by itself, then two layers for each pixel, and a shortcut around them. */
function block(start: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const depthwise = { filters, kernelSize: 7, padding: "same", groups: filters } as const;
  let x = conv2d({ ...depthwise, name: `${name}_depthwise_conv` }).apply(start);
  x = layerNormalization({ epsilon, name: `${name}_layernorm` }).apply(x);
  x = dense({ units: 4 * filters, name: `${name}_pointwise_conv_1` }).apply(x);
  x = activation({ activation: "gelu", name: `${name}_gelu` }).apply(x);
  x = dense({ units: filters, name: `${name}_pointwise_conv_2` }).apply(x);
  x = layerScale({ initValues: 1e-6, projectionDim: filters, name: `${name}_layer_scale` }).apply(x);
  // Keras leaves blocks out at random here, at a rate of 0.
  x = activation({ activation: "linear", name: `${name}_identity` }).apply(x);
  return add().apply([start, x]);
}

function head(map: SymbolicTensor, { classes, activation: act }: Classifier, name: string): SymbolicTensor {
  let x = globalAveragePooling2D({ name: `${name}_head_gap` }).apply(map);
  x = layerNormalization({ epsilon, name: `${name}_head_layernorm` }).apply(x);
  return dense({ units: classes, activation: act, name: `${name}_head_dense` }).apply(x);
}

/** Without the classifier, the pooled features or the map are normalized once more. */
function pooled(map: SymbolicTensor, pooling: "avg" | "max" | undefined): SymbolicTensor {
  const poolings = { avg: globalAveragePooling2D, max: globalMaxPooling2D };
  const x = pooling === undefined ? map : poolings[pooling]().apply(map);
  return layerNormalization({ epsilon }).apply(x);
}

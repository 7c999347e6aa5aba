import {
  add,
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2D,
  globalAveragePooling2D,
  relu,
  zeroPadding2D,
} from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { kerasNetwork } from "./catalogue.ts";
import type { CatalogueOptions, Classifier } from "./catalogueApplication.ts";
import { catalogueRecord, publishedPair } from "./catalogueRecord.ts";
import { divisible, halvingMargins, publishedRows } from "./mobileNetParts.ts";
import { mobileNetV2Namings } from "./torch/mobileNetV2.ts";
import { torchNormalization } from "./torch/normalization.ts";
import { usualPictures } from "./torch/pictures.ts";

export interface MobileNetV2Options extends CatalogueOptions {
  /** Width: what numbers of channels are multiplied by, then rounded to multiples of 8. Default 1. */
  readonly alpha?: number;
}

/** What Keras and torchvision do in different ways. */
interface Form {
  /** Of every BatchNormalization. */
  readonly normalization: { readonly epsilon: number; readonly momentum: number };
  /** Zeros before a convolution of 3 x 3 and stride 2. */
  margins(x: SymbolicTensor): 1 | ReturnType<typeof halvingMargins>;
}

const kerasForm: Form = {
  normalization: { epsilon: 1e-3, momentum: 0.999 },
  margins: (x) => halvingMargins(x, 3),
};

const torchForm: Form = { normalization: torchNormalization, margins: () => 1 };

/** One inverted residual block. */
interface Block {
  readonly filters: number;
  readonly strides: 1 | 2;
}

/** Rows of the paper's table 2: channels, blocks, stride of the first. */
const rows = [
  [16, 1, 1],
  [24, 2, 2],
  [32, 3, 2],
  [64, 4, 2],
  [96, 3, 1],
  [160, 3, 2],
  [320, 1, 1],
] as const;

const blocks: readonly Block[] = rows.flatMap(([filters, count, stride]) =>
  Array.from({ length: count }, (_, index) => ({ filters, strides: index === 0 ? stride : 1 }) as const),
);

const application = catalogueRecord({
  name: "mobileNetV2",
  commandName: "mobilenet_v2",
  kerasName: "mobilenetv2",
  published: published(1, 224),
  scaling: "tf",
  stages: [
    "block_1_expand_relu",
    "block_3_expand_relu",
    "block_6_expand_relu",
    "block_13_expand_relu",
    "out_relu",
  ],
  blocks: [
    ...blocks.map(
      (_, index) => [`block${index}`, `${prefixOf(index)}${index === 0 ? "depthwise" : "expand"}`] as const,
    ),
    ["top", "Conv_1"],
  ],
});

/**
 * MobileNetV2 (Sandler et al. 2018), as Keras builds it. Without its classifier the output is
 * [batch, height / 32, width / 32, 1280], rounded up. Inputs: pixels from -1 to 1 (mode "tf").
 *
 * With weights of torchvision or timm: in torchvision's form, which pads on all sides alike, for pixels of mode "torch".
 */
export const mobileNetV2 = kerasNetwork<MobileNetV2Options>(
  application,
  (options) => {
    const { alpha = 1 } = options;
    const hasWeights = [0.35, 0.5, 0.75, 1, 1.3, 1.4].includes(alpha);
    const files = hasWeights ? published(alpha, publishedRows(options, [96, 128, 160, 192])) : [];
    return { ...partsOf(alpha, kerasForm), published: files };
  },
  [
    {
      name: "torch",
      parts: ({ alpha = 1 }) => partsOf(alpha, torchForm),
      namings: mobileNetV2Namings,
      pictures: usualPictures,
    },
  ],
);

function partsOf(alpha: number, form: Form) {
  return {
    features: (start: SymbolicTensor) => features(start, alpha, form),
    top,
    name: (rows: number) => `mobilenetv2_${alpha.toFixed(2)}_${rows}`,
    ...(alpha === 1 ? {} : { variant: `of width ${alpha}` }),
  };
}

function published(alpha: number, rows: number) {
  const width = Number.isInteger(alpha) ? alpha.toFixed(1) : String(alpha);
  const stem = `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${width}_${rows}`;
  const files = [`${stem}.h5`, `${stem}_no_top.h5`] as const;
  return publishedPair({ folder: "mobilenet_v2/", licence: "Apache-2.0", files });
}

/** Keras leaves the padding of its first convolution to the convolution. */
function stem(start: SymbolicTensor, alpha: number, form: Form): SymbolicTensor {
  const convolution = { filters: divisible(32 * alpha), kernelSize: 3, strides: 2, useBias: false } as const;
  const padded = form === kerasForm ? start : zeroPadding2D({ padding: 1, name: "Conv1_pad" }).apply(start);
  const padding = form === kerasForm ? "same" : "valid";
  const x = conv2d({ ...convolution, padding, name: "Conv1" }).apply(padded);
  return rectified(x, "bn_Conv1", "Conv1_relu", form);
}

function features(start: SymbolicTensor, alpha: number, form: Form): SymbolicTensor {
  let x = stem(start, alpha, form);
  for (const [index, { filters, strides }] of blocks.entries()) {
    const block = { filters: divisible(Math.floor(filters * alpha)), strides };
    x = invertedResidual(x, index, block, form);
  }
  // The paper does not make the last convolution narrower.
  const filters = alpha > 1 ? divisible(1280 * alpha) : 1280;
  x = conv2d({ filters, kernelSize: 1, useBias: false, name: "Conv_1" }).apply(x);
  return rectified(x, "Conv_1_bn", "out_relu", form);
}

/** Widens the channels by 6, convolves each by itself, narrows them again without an activation. */
function invertedResidual(
  start: SymbolicTensor,
  index: number,
  { filters, strides }: Block,
  form: Form,
): SymbolicTensor {
  const prefix = prefixOf(index);
  const channels = Number(start.shape.at(-1));
  let x = start;
  if (index > 0) {
    x = pointwise(x, 6 * channels, `${prefix}expand`);
    x = rectified(x, `${prefix}expand_BN`, `${prefix}expand_relu`, form);
  }
  if (strides === 2) x = zeroPadding2D({ padding: form.margins(x), name: `${prefix}pad` }).apply(x);
  const depthwise = { kernelSize: 3, strides, padding: strides === 2 ? "valid" : "same" } as const;
  x = depthwiseConv2D({ ...depthwise, useBias: false, name: `${prefix}depthwise` }).apply(x);
  x = rectified(x, `${prefix}depthwise_BN`, `${prefix}depthwise_relu`, form);
  x = pointwise(x, filters, `${prefix}project`);
  x = normalized(x, `${prefix}project_BN`, form);
  const residual = strides === 1 && channels === filters;
  return residual ? add({ name: `${prefix}add` }).apply([start, x]) : x;
}

function pointwise(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  return conv2d({ filters, kernelSize: 1, padding: "same", useBias: false, name }).apply(x);
}

function rectified(x: SymbolicTensor, normalization: string, name: string, form: Form): SymbolicTensor {
  return relu({ maxValue: 6, name }).apply(normalized(x, normalization, form));
}

function normalized(x: SymbolicTensor, name: string, { normalization }: Form): SymbolicTensor {
  return batchNormalization({ ...normalization, name }).apply(x);
}

function top(map: SymbolicTensor, { classes, activation }: Classifier): SymbolicTensor {
  const x = globalAveragePooling2D().apply(map);
  return dense({ units: classes, activation, name: "predictions" }).apply(x);
}

function prefixOf(index: number): string {
  return index === 0 ? "expanded_conv_" : `block_${index}_`;
}

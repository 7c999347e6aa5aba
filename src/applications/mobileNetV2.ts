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
import type { BaseNetwork } from "./application.ts";
import {
  type CatalogueApplication,
  type CatalogueOptions,
  type Classifier,
  catalogueNetwork,
} from "./catalogue.ts";
import { divisible, halvingMargins } from "./mobileNetParts.ts";

export interface MobileNetV2Options extends CatalogueOptions {
  /** Width: what numbers of channels are multiplied by, then rounded to multiples of 8. Default 1. */
  readonly alpha?: number;
}

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

export const mobileNetV2Application: CatalogueApplication = {
  name: "mobileNetV2",
  commandName: "mobilenet_v2",
  kerasName: "mobilenetv2",
  weights: [],
  published: [true, false].map((includeTop) => ({
    file: `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224${includeTop ? "" : "_no_top"}.h5`,
    origin: "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/",
    includeTop,
    licence: "Apache-2.0",
  })),
  defaultSize: 224,
  minimumSize: 32,
  sizeMultiple: 1,
  scaling: "tf",
  stages: [
    "block_1_expand_relu",
    "block_3_expand_relu",
    "block_6_expand_relu",
    "block_13_expand_relu",
    "out_relu",
  ],
  blocks: [
    { name: "stem", firstLayer: "input_layer" },
    ...blocks.map((_, index) => ({
      name: `block${index}`,
      firstLayer: `${prefixOf(index)}${index === 0 ? "depthwise" : "expand"}`,
    })),
    { name: "top", firstLayer: "Conv_1" },
  ],
};

/**
 * MobileNetV2 (Sandler et al. 2018), as Keras builds it. Without its classifier the output is
 * [batch, height / 32, width / 32, 1280], rounded up. Inputs: pixels from -1 to 1 (mode "tf").
 *
 * @throws PermafrostError INVALID_ARGUMENT for a size below 32; NOT_FOUND or WEIGHTS_INVALID for weights.
 */
export async function mobileNetV2(options: MobileNetV2Options = {}): Promise<BaseNetwork> {
  const { alpha = 1 } = options;
  return catalogueNetwork(mobileNetV2Application, options, {
    features: (start) => features(start, alpha),
    top,
    name: (height) => `mobilenetv2_${alpha.toFixed(2)}_${height}`,
    ...(alpha === 1 ? {} : { variant: `of width ${alpha}` }),
  });
}

function features(start: SymbolicTensor, alpha: number): SymbolicTensor {
  const stem = { filters: divisible(32 * alpha), kernelSize: 3, strides: 2, padding: "same" } as const;
  let x = conv2d({ ...stem, useBias: false, name: "Conv1" }).apply(start);
  x = rectified(x, "bn_Conv1", "Conv1_relu");
  for (const [index, { filters, strides }] of blocks.entries()) {
    x = invertedResidual(x, index, { filters: divisible(Math.floor(filters * alpha)), strides });
  }
  // The paper does not make the last convolution narrower.
  const filters = alpha > 1 ? divisible(1280 * alpha) : 1280;
  x = conv2d({ filters, kernelSize: 1, useBias: false, name: "Conv_1" }).apply(x);
  return rectified(x, "Conv_1_bn", "out_relu");
}

/** Widens the channels by 6, convolves each by itself, narrows them again without an activation. */
function invertedResidual(start: SymbolicTensor, index: number, { filters, strides }: Block): SymbolicTensor {
  const prefix = prefixOf(index);
  const channels = Number(start.shape.at(-1));
  let x = start;
  if (index > 0) {
    x = pointwise(x, 6 * channels, `${prefix}expand`);
    x = rectified(x, `${prefix}expand_BN`, `${prefix}expand_relu`);
  }
  if (strides === 2) x = zeroPadding2D({ padding: halvingMargins(x, 3), name: `${prefix}pad` }).apply(x);
  const depthwise = { kernelSize: 3, strides, padding: strides === 2 ? "valid" : "same" } as const;
  x = depthwiseConv2D({ ...depthwise, useBias: false, name: `${prefix}depthwise` }).apply(x);
  x = rectified(x, `${prefix}depthwise_BN`, `${prefix}depthwise_relu`);
  x = pointwise(x, filters, `${prefix}project`);
  x = normalized(x, `${prefix}project_BN`);
  const residual = strides === 1 && channels === filters;
  return residual ? add({ name: `${prefix}add` }).apply([start, x]) : x;
}

function pointwise(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  return conv2d({ filters, kernelSize: 1, padding: "same", useBias: false, name }).apply(x);
}

function rectified(x: SymbolicTensor, normalization: string, name: string): SymbolicTensor {
  return relu({ maxValue: 6, name }).apply(normalized(x, normalization));
}

function normalized(x: SymbolicTensor, name: string): SymbolicTensor {
  return batchNormalization({ momentum: 0.999, name }).apply(x);
}

function top(map: SymbolicTensor, { classes, activation }: Classifier): SymbolicTensor {
  const x = globalAveragePooling2D().apply(map);
  return dense({ units: classes, activation, name: "predictions" }).apply(x);
}

function prefixOf(index: number): string {
  return index === 0 ? "expanded_conv_" : `block_${index}_`;
}

import {
  activation,
  add,
  batchNormalization,
  conv2d,
  dense,
  globalAveragePooling2D,
  maxPooling2D,
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

/** Channels inside the blocks of the four stages; four times as many leave them. */
const widths = [64, 128, 256, 512] as const;

/** Blocks in each of the four stages (table 1 of the paper). */
const resNet50Depths = [3, 4, 6, 3] as const;

/** Of every BatchNormalization, as in the networks that the weights come from. */
const epsilon = 1.001e-5;

const poolingNames = { avg: "avg_pool", max: "max_pool" };

export const resNet50Application = applicationOf("resNet50", resNet50Depths, [
  "2cb95161c43110f7111970584f804107",
  "4d473c1dd8becc155b73f8504c6f6626",
]);

/**
 * ResNet50 (He et al. 2015, "Deep Residual Learning for Image Recognition"), as Keras builds it: the stride lies in the first
 * convolution of a block, convolutions have biases. Without its classifier the output is [batch, height / 32, width / 32, 2048],
 * rounded up. Inputs: planes blue, green, red, less ImageNet's mean (mode "caffe").
 *
 * @throws PermafrostError INVALID_ARGUMENT for a size below 32; NOT_FOUND or WEIGHTS_INVALID for weights.
 */
export async function resNet50(options: CatalogueOptions = {}): Promise<BaseNetwork> {
  return resNet(resNet50Application, resNet50Depths, options);
}

function resNet(
  application: CatalogueApplication,
  depths: readonly number[],
  options: CatalogueOptions,
): Promise<BaseNetwork> {
  const features = (start: SymbolicTensor) =>
    depths.reduce((x, depth, index) => stage(x, index, depth), stem(start));
  return catalogueNetwork(application, options, { features, top, poolingNames });
}

function stem(start: SymbolicTensor): SymbolicTensor {
  let x = zeroPadding2D({ padding: 3, name: "conv1_pad" }).apply(start);
  x = conv2d({ filters: 64, kernelSize: 7, strides: 2, name: "conv1_conv" }).apply(x);
  x = normalized(x, "conv1");
  x = activation({ activation: "relu", name: "conv1_relu" }).apply(x);
  x = zeroPadding2D({ padding: 1, name: "pool1_pad" }).apply(x);
  return maxPooling2D({ poolSize: 3, strides: 2, name: "pool1_pool" }).apply(x);
}

function stage(start: SymbolicTensor, index: number, depth: number): SymbolicTensor {
  let x = start;
  for (let number = 1; number <= depth; number++) {
    const strides = number === 1 && index > 0 ? 2 : 1;
    x = bottleneck(x, blockName(index, number), { filters: widths[index]!, strides, projects: number === 1 });
  }
  return x;
}

interface Bottleneck {
  readonly filters: number;
  readonly strides: 1 | 2;
  /** The shortcut is a convolution that brings it to the block's channels and size. */
  readonly projects: boolean;
}

/** Convolutions 1 x 1, 3 x 3 and 1 x 1, and a shortcut around them. */
function bottleneck(
  start: SymbolicTensor,
  name: string,
  { filters, strides, projects }: Bottleneck,
): SymbolicTensor {
  const shortcut = projects ? convolution(start, `${name}_0`, 4 * filters, { strides }) : start;
  let x = convolution(start, `${name}_1`, filters, { strides });
  x = activation({ activation: "relu", name: `${name}_1_relu` }).apply(x);
  x = convolution(x, `${name}_2`, filters, { kernelSize: 3 });
  x = activation({ activation: "relu", name: `${name}_2_relu` }).apply(x);
  x = convolution(x, `${name}_3`, 4 * filters, {});
  x = add({ name: `${name}_add` }).apply([shortcut, x]);
  return activation({ activation: "relu", name: `${name}_out` }).apply(x);
}

function convolution(
  x: SymbolicTensor,
  name: string,
  filters: number,
  { kernelSize = 1, strides = 1 }: { readonly kernelSize?: number; readonly strides?: number },
): SymbolicTensor {
  const options = { filters, kernelSize, strides, padding: "same" } as const;
  return normalized(conv2d({ ...options, name: `${name}_conv` }).apply(x), name);
}

function normalized(x: SymbolicTensor, name: string): SymbolicTensor {
  return batchNormalization({ epsilon, name: `${name}_bn` }).apply(x);
}

function top(map: SymbolicTensor, { classes, activation: name }: Classifier): SymbolicTensor {
  const x = globalAveragePooling2D({ name: poolingNames.avg }).apply(map);
  return dense({ units: classes, activation: name, name: "predictions" }).apply(x);
}

/** @param index - Of the stage: 0 is conv2. */
function blockName(index: number, number: number): string {
  return `conv${index + 2}_block${number}`;
}

/** @param md5 - Of the weights with the classifier and without. */
function applicationOf(
  name: string,
  depths: readonly number[],
  md5: readonly [top: string, noTop: string],
): CatalogueApplication {
  const kerasName = name.toLowerCase();
  const published = (includeTop: boolean) => ({
    file: `${kerasName}_weights_tf_dim_ordering_tf_kernels${includeTop ? "" : "_notop"}.h5`,
    origin: "https://storage.googleapis.com/tensorflow/keras-applications/resnet/",
    includeTop,
    md5: md5[includeTop ? 0 : 1],
    licence: "MIT",
  });
  const names = depths.flatMap((depth, index) =>
    Array.from({ length: depth }, (_, place) => blockName(index, place + 1)),
  );
  return {
    name,
    commandName: kerasName,
    kerasName,
    weights: [],
    published: [published(true), published(false)],
    defaultSize: 224,
    minimumSize: 32,
    sizeMultiple: 1,
    scaling: "caffe",
    stages: ["conv1_relu", ...depths.map((depth, index) => `${blockName(index, depth)}_out`)],
    blocks: [
      { name: "stem", firstLayer: "input_layer" },
      ...names.map((block) => ({ name: block, firstLayer: `${block}_1_conv` })),
    ],
  };
}

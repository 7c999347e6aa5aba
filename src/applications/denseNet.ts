import {
  activation,
  averagePooling2D,
  batchNormalization,
  concatenate,
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

/** Channels that each layer of a dense block adds. */
const growth = 32;

/** Layers in each of the four dense blocks (table 1 of the paper). */
const denseNet121Depths = [6, 12, 24, 16] as const;

/** Of every BatchNormalization, as in the networks that the weights come from. */
const epsilon = 1.001e-5;

const poolingNames = { avg: "avg_pool", max: "max_pool" };

export const denseNet121Application = applicationOf("denseNet121", denseNet121Depths, [
  "9d60b8095a5708f2dcce2bca79d332c7",
  "30ee3e1110167f948a6b9946edeeb738",
]);

/**
 * DenseNet121 (Huang et al. 2016, "Densely Connected Convolutional Networks"), as Keras builds it. Without its classifier the output
 * is [batch, height / 32, width / 32, 1024], rounded down. Inputs: pixels / 255, ImageNet's mean and deviation (mode "torch").
 *
 * @throws PermafrostError INVALID_ARGUMENT for a size below 32; NOT_FOUND or WEIGHTS_INVALID for weights.
 */
export async function denseNet121(options: CatalogueOptions = {}): Promise<BaseNetwork> {
  return denseNet(denseNet121Application, denseNet121Depths, options);
}

function denseNet(
  application: CatalogueApplication,
  depths: readonly number[],
  options: CatalogueOptions,
): Promise<BaseNetwork> {
  const features = (start: SymbolicTensor) => {
    let x = stem(start);
    for (const [index, depth] of depths.entries()) {
      if (index > 0) x = transition(x, `pool${index + 1}`);
      for (let number = 1; number <= depth; number++) x = denseLayer(x, `conv${index + 2}_block${number}`);
    }
    x = batchNormalization({ epsilon, name: "bn" }).apply(x);
    return activation({ activation: "relu", name: "relu" }).apply(x);
  };
  return catalogueNetwork(application, options, { features, top, poolingNames });
}

function stem(start: SymbolicTensor): SymbolicTensor {
  let x = zeroPadding2D({ padding: 3 }).apply(start);
  x = conv2d({ filters: 64, kernelSize: 7, strides: 2, useBias: false, name: "conv1_conv" }).apply(x);
  x = batchNormalization({ epsilon, name: "conv1_bn" }).apply(x);
  x = activation({ activation: "relu", name: "conv1_relu" }).apply(x);
  x = zeroPadding2D({ padding: 1 }).apply(x);
  return maxPooling2D({ poolSize: 3, strides: 2, name: "pool1" }).apply(x);
}

/** Adds its channels to all that came before in the block. */
function denseLayer(start: SymbolicTensor, name: string): SymbolicTensor {
  let x = rectified(start, `${name}_0`);
  x = conv2d({ filters: 4 * growth, kernelSize: 1, useBias: false, name: `${name}_1_conv` }).apply(x);
  x = rectified(x, `${name}_1`);
  const wide = { filters: growth, kernelSize: 3, padding: "same", useBias: false } as const;
  x = conv2d({ ...wide, name: `${name}_2_conv` }).apply(x);
  return concatenate({ name: `${name}_concat` }).apply([start, x]);
}

/** Halves the channels and the map. */
function transition(start: SymbolicTensor, name: string): SymbolicTensor {
  const filters = Math.floor(Number(start.shape.at(-1)) / 2);
  let x = rectified(start, name);
  x = conv2d({ filters, kernelSize: 1, useBias: false, name: `${name}_conv` }).apply(x);
  return averagePooling2D({ poolSize: 2, name: `${name}_pool` }).apply(x);
}

function rectified(x: SymbolicTensor, name: string): SymbolicTensor {
  const normalized = batchNormalization({ epsilon, name: `${name}_bn` }).apply(x);
  return activation({ activation: "relu", name: `${name}_relu` }).apply(normalized);
}

function top(map: SymbolicTensor, { classes, activation: name }: Classifier): SymbolicTensor {
  const x = globalAveragePooling2D({ name: poolingNames.avg }).apply(map);
  return dense({ units: classes, activation: name, name: "predictions" }).apply(x);
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
    origin: "https://storage.googleapis.com/tensorflow/keras-applications/densenet/",
    includeTop,
    md5: md5[includeTop ? 0 : 1],
    licence: "BSD-3-Clause",
  });
  return {
    name,
    commandName: kerasName,
    kerasName,
    weights: [],
    published: [published(true), published(false)],
    defaultSize: 224,
    minimumSize: 32,
    sizeMultiple: 1,
    scaling: "torch",
    stages: ["conv1_relu", "pool2_relu", "pool3_relu", "pool4_relu", "relu"],
    blocks: [
      { name: "stem", firstLayer: "input_layer" },
      ...depths.map((_, index) => ({
        name: `block${index + 1}`,
        firstLayer: index === 0 ? "conv2_block1_0_bn" : `pool${index + 1}_bn`,
      })),
      { name: "top", firstLayer: "bn" },
    ],
  };
}

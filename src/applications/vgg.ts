import { conv2d, dense, flatten, maxPooling2D } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import type { BaseNetwork } from "./application.ts";
import {
  type CatalogueApplication,
  type CatalogueOptions,
  type Classifier,
  catalogueNetwork,
} from "./catalogue.ts";

/** Channels of the five blocks. */
const widths = [64, 128, 256, 512, 512] as const;

/** Convolutions in each of the five blocks (columns D and E of the paper's table 1). */
const vgg16Depths = [2, 2, 3, 3, 3] as const;
const vgg19Depths = [2, 2, 4, 4, 4] as const;

export const vgg16Application = applicationOf("vgg16", [
  "64373286793e3c8b2b4e3219cbf3544b",
  "6d6bbae143d832006294945121d1f1fc",
]);

export const vgg19Application = applicationOf("vgg19", [
  "cbe5617147190e668d6c5d5026f83318",
  "253f8cb515780f3b799900260a226db6",
]);

/**
 * VGG16 (Simonyan and Zisserman 2014), as Keras builds it. Without its classifier the output is [batch, height / 32, width / 32, 512],
 * rounded down. Inputs: planes blue, green, red, less ImageNet's mean (mode "caffe").
 *
 * @throws PermafrostError INVALID_ARGUMENT for a size below 32; NOT_FOUND or WEIGHTS_INVALID for weights.
 */
export async function vgg16(options: CatalogueOptions = {}): Promise<BaseNetwork> {
  return vgg(vgg16Application, vgg16Depths, options);
}

/** VGG19: as `vgg16`, with four convolutions in each of the last three blocks. */
export async function vgg19(options: CatalogueOptions = {}): Promise<BaseNetwork> {
  return vgg(vgg19Application, vgg19Depths, options);
}

function vgg(
  application: CatalogueApplication,
  depths: readonly number[],
  options: CatalogueOptions,
): Promise<BaseNetwork> {
  const features = (start: SymbolicTensor) =>
    depths.reduce((x, depth, index) => block(x, `block${index + 1}`, depth, widths[index]!), start);
  return catalogueNetwork(application, options, { features, top });
}

function block(start: SymbolicTensor, name: string, depth: number, filters: number): SymbolicTensor {
  let x = start;
  for (let number = 1; number <= depth; number++) {
    const convolution = { filters, kernelSize: 3, padding: "same", activation: "relu" } as const;
    x = conv2d({ ...convolution, name: `${name}_conv${number}` }).apply(x);
  }
  return maxPooling2D({ name: `${name}_pool` }).apply(x);
}

function top(map: SymbolicTensor, { classes, activation }: Classifier): SymbolicTensor {
  let x = flatten({ name: "flatten" }).apply(map);
  x = dense({ units: 4096, activation: "relu", name: "fc1" }).apply(x);
  x = dense({ units: 4096, activation: "relu", name: "fc2" }).apply(x);
  return dense({ units: classes, activation, name: "predictions" }).apply(x);
}

/** @param md5 - Of the weights with the classifier and without. */
function applicationOf(name: string, md5: readonly [top: string, noTop: string]): CatalogueApplication {
  const published = (includeTop: boolean) => ({
    file: `${name}_weights_tf_dim_ordering_tf_kernels${includeTop ? "" : "_notop"}.h5`,
    origin: `https://storage.googleapis.com/tensorflow/keras-applications/${name}/`,
    includeTop,
    md5: md5[includeTop ? 0 : 1],
    licence: "CC-BY-4.0",
  });
  return {
    name,
    commandName: name,
    kerasName: name,
    weights: [],
    published: [published(true), published(false)],
    defaultSize: 224,
    minimumSize: 32,
    sizeMultiple: 1,
    scaling: "caffe",
    stages: widths.map((_, index) => `block${index + 1}_pool`),
    blocks: widths.map((_, index) => ({
      name: `block${index + 1}`,
      firstLayer: index === 0 ? "input_layer" : `block${index + 1}_conv1`,
    })),
  };
}

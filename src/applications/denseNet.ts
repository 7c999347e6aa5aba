import {
  activation,
  averagePooling2D,
  batchNormalization,
  concatenate,
  conv2d,
  maxPooling2D,
  zeroPadding2D,
} from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { kerasNetwork } from "./catalogue.ts";
import {
  catalogueRecord,
  type DepthVariant,
  depthFacts,
  poolingNames,
  averagedClassifier as top,
} from "./catalogueRecord.ts";
import { denseNetNamings } from "./torch/denseNet.ts";
import { torchNormalization } from "./torch/normalization.ts";
import { usualPictures } from "./torch/pictures.ts";

/** Channels that each layer of a dense block adds. */
const growth = 32;

/** Of every BatchNormalization. */
interface Form {
  readonly epsilon: number;
  readonly momentum?: number;
}

/** As in the networks that Keras's weights come from. */
const kerasForm: Form = { epsilon: 1.001e-5 };

/**
 * DenseNet121 (Huang et al. 2016, "Densely Connected Convolutional Networks"), as Keras builds it. Without its classifier the output
 * is [batch, height / 32, width / 32, 1024], rounded down. Inputs: pixels / 255, ImageNet's mean and deviation (mode "torch").
 *
 * With weights of torchvision or timm: with torchvision's epsilon, for the middle of each picture.
 */
export const denseNet121 = denseNet({
  name: "denseNet121",
  depths: [6, 12, 24, 16],
  md5: ["9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738"],
});

/** DenseNet169: as `denseNet121`, deeper, with 1664 channels. */
export const denseNet169 = denseNet({
  name: "denseNet169",
  depths: [6, 12, 32, 32],
  md5: ["d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b"],
});

/** DenseNet201: as `denseNet121`, deeper, with 1920 channels. */
export const denseNet201 = denseNet({
  name: "denseNet201",
  depths: [6, 12, 48, 32],
  md5: ["1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1"],
});

function denseNet(variant: DepthVariant) {
  const { depths } = variant;
  const application = catalogueRecord({
    ...depthFacts(variant, { folder: "densenet/", licence: "BSD-3-Clause" }),
    scaling: "torch",
    stages: ["conv1_relu", "pool2_relu", "pool3_relu", "pool4_relu", "relu"],
    blocks: [
      ...depths.map(
        (_, index) =>
          [`block${index + 1}`, index === 0 ? "conv2_block1_0_bn" : `pool${index + 1}_bn`] as const,
      ),
      ["top", "bn"],
    ],
  });
  const parts = (form: Form) => ({
    features: (start: SymbolicTensor) => features(start, depths, form),
    top,
    poolingNames,
  });
  const torch = {
    name: "torch",
    parts: () => parts(torchNormalization),
    namings: denseNetNamings,
    pictures: usualPictures,
  } as const;
  return kerasNetwork(application, () => parts(kerasForm), [torch]);
}

function features(start: SymbolicTensor, depths: readonly number[], form: Form): SymbolicTensor {
  let x = stem(start, form);
  for (const [index, depth] of depths.entries()) {
    if (index > 0) x = transition(x, `pool${index + 1}`, form);
    for (let number = 1; number <= depth; number++)
      x = denseLayer(x, `conv${index + 2}_block${number}`, form);
  }
  x = batchNormalization({ ...form, name: "bn" }).apply(x);
  return activation({ activation: "relu", name: "relu" }).apply(x);
}

function stem(start: SymbolicTensor, form: Form): SymbolicTensor {
  let x = zeroPadding2D({ padding: 3 }).apply(start);
  x = conv2d({ filters: 64, kernelSize: 7, strides: 2, useBias: false, name: "conv1_conv" }).apply(x);
  x = batchNormalization({ ...form, name: "conv1_bn" }).apply(x);
  x = activation({ activation: "relu", name: "conv1_relu" }).apply(x);
  x = zeroPadding2D({ padding: 1 }).apply(x);
  return maxPooling2D({ poolSize: 3, strides: 2, name: "pool1" }).apply(x);
}

/** Adds its channels to all that came before in the block. */
function denseLayer(start: SymbolicTensor, name: string, form: Form): SymbolicTensor {
  let x = rectified(start, `${name}_0`, form);
  x = conv2d({ filters: 4 * growth, kernelSize: 1, useBias: false, name: `${name}_1_conv` }).apply(x);
  x = rectified(x, `${name}_1`, form);
  const wide = { filters: growth, kernelSize: 3, padding: "same", useBias: false } as const;
  x = conv2d({ ...wide, name: `${name}_2_conv` }).apply(x);
  return concatenate({ name: `${name}_concat` }).apply([start, x]);
}

/** Halves the channels and the map. */
function transition(start: SymbolicTensor, name: string, form: Form): SymbolicTensor {
  const filters = Math.floor(Number(start.shape.at(-1)) / 2);
  let x = rectified(start, name, form);
  x = conv2d({ filters, kernelSize: 1, useBias: false, name: `${name}_conv` }).apply(x);
  return averagePooling2D({ poolSize: 2, name: `${name}_pool` }).apply(x);
}

function rectified(x: SymbolicTensor, name: string, form: Form): SymbolicTensor {
  const normalized = batchNormalization({ ...form, name: `${name}_bn` }).apply(x);
  return activation({ activation: "relu", name: `${name}_relu` }).apply(normalized);
}

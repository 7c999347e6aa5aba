import { activation, add, batchNormalization, conv2d, maxPooling2D, zeroPadding2D } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { kerasNetwork } from "./catalogue.ts";
import {
  catalogueRecord,
  type DepthVariant,
  depthFacts,
  poolingNames,
  averagedClassifier as top,
} from "./catalogueRecord.ts";
import { torchNormalization } from "./torch/normalization.ts";
import { usualPictures } from "./torch/pictures.ts";
import { resNetNamings } from "./torch/resNet.ts";

/** Channels inside the blocks of the four stages; four times as many leave them. */
const widths = [64, 128, 256, 512] as const;

/** What Keras and torchvision do in different ways. */
interface Form {
  /** Of every BatchNormalization. */
  readonly normalization: { readonly epsilon: number; readonly momentum?: number };
  /** Whether convolutions have biases. */
  readonly useBias: boolean;
  /** The convolution of a block that has its stride. */
  readonly strided: 1 | 2;
}

/** As in the networks that Keras's weights come from. */
const kerasForm: Form = { normalization: { epsilon: 1.001e-5 }, useBias: true, strided: 1 };

const torchForm: Form = { normalization: torchNormalization, useBias: false, strided: 2 };

/**
 * ResNet50 (He et al. 2015, "Deep Residual Learning for Image Recognition"), as Keras builds it: the stride lies in the first
 * convolution of a block, convolutions have biases. Without its classifier the output is [batch, height / 32, width / 32, 2048],
 * rounded up. Inputs: planes blue, green, red, less ImageNet's mean (mode "caffe").
 *
 * With weights of torchvision or timm: in torchvision's form, with the stride in the second convolution and no biases, for pixels of
 * mode "torch".
 */
export const resNet50 = resNet({
  name: "resNet50",
  depths: [3, 4, 6, 3],
  md5: ["2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"],
});

/** ResNet101: as `resNet50`, with 23 blocks in the third stage. */
export const resNet101 = resNet({
  name: "resNet101",
  depths: [3, 4, 23, 3],
  md5: ["f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"],
});

/** ResNet152: as `resNet50`, with 8 and 36 blocks in the second and third stage. */
export const resNet152 = resNet({
  name: "resNet152",
  depths: [3, 8, 36, 3],
  md5: ["100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"],
});

function resNet(variant: DepthVariant) {
  const { depths } = variant;
  const application = catalogueRecord({
    ...depthFacts(variant, { folder: "resnet/", licence: "MIT" }),
    scaling: "caffe",
    stages: ["conv1_relu", ...depths.map((depth, index) => `${blockName(index, depth)}_out`)],
    blocks: depths.flatMap((depth, index) =>
      Array.from({ length: depth }, (_, place) => {
        const block = blockName(index, place + 1);
        return [block, `${block}_1_conv`] as const;
      }),
    ),
  });
  const parts = (form: Form) => ({
    features: (start: SymbolicTensor) =>
      depths.reduce((x, depth, index) => stage(x, { index, depth, form }), stem(start, form)),
    top,
    poolingNames,
  });
  const torch = {
    name: "torch",
    parts: () => parts(torchForm),
    namings: resNetNamings,
    pictures: usualPictures,
  } as const;
  return kerasNetwork(application, () => parts(kerasForm), [torch]);
}

function stem(start: SymbolicTensor, form: Form): SymbolicTensor {
  let x = zeroPadding2D({ padding: 3, name: "conv1_pad" }).apply(start);
  const { useBias } = form;
  x = conv2d({ filters: 64, kernelSize: 7, strides: 2, useBias, name: "conv1_conv" }).apply(x);
  x = normalized(x, "conv1", form);
  x = activation({ activation: "relu", name: "conv1_relu" }).apply(x);
  x = zeroPadding2D({ padding: 1, name: "pool1_pad" }).apply(x);
  return maxPooling2D({ poolSize: 3, strides: 2, name: "pool1_pool" }).apply(x);
}

interface Stage {
  readonly index: number;
  /** Number of blocks. */
  readonly depth: number;
  readonly form: Form;
}

function stage(start: SymbolicTensor, { index, depth, form }: Stage): SymbolicTensor {
  let x = start;
  const filters = widths[index]!;
  for (let number = 1; number <= depth; number++) {
    const strides = number === 1 && index > 0 ? 2 : 1;
    x = bottleneck(x, blockName(index, number), { filters, strides, projects: number === 1, form });
  }
  return x;
}

interface Bottleneck {
  readonly filters: number;
  readonly strides: 1 | 2;
  /** The shortcut is a convolution that brings it to the block's channels and size. */
  readonly projects: boolean;
  readonly form: Form;
}

/** Convolutions 1 x 1, 3 x 3 and 1 x 1, and a shortcut around them. */
function bottleneck(
  start: SymbolicTensor,
  name: string,
  { filters, strides, projects, form }: Bottleneck,
): SymbolicTensor {
  const shortcut = projects
    ? convolution(start, `${name}_0`, { filters: 4 * filters, strides, form })
    : start;
  const [first, second] = form.strided === 1 ? [strides, 1] : [1, strides];
  let x = convolution(start, `${name}_1`, { filters, strides: first, form });
  x = activation({ activation: "relu", name: `${name}_1_relu` }).apply(x);
  x = convolution(x, `${name}_2`, { filters, kernelSize: 3, strides: second, form });
  x = activation({ activation: "relu", name: `${name}_2_relu` }).apply(x);
  x = convolution(x, `${name}_3`, { filters: 4 * filters, form });
  x = add({ name: `${name}_add` }).apply([shortcut, x]);
  return activation({ activation: "relu", name: `${name}_out` }).apply(x);
}

interface Convolution {
  readonly filters: number;
  /** Default 1. */
  readonly kernelSize?: 1 | 3;
  /** Default 1. */
  readonly strides?: number;
  readonly form: Form;
}

function convolution(
  x: SymbolicTensor,
  name: string,
  { filters, kernelSize = 1, strides = 1, form }: Convolution,
): SymbolicTensor {
  const { useBias } = form;
  // Keras has no such layer: none of its 3 x 3 convolutions has a stride, and "same" pads the others on both sides.
  const isPadded = kernelSize === 3 && strides === 2;
  const padded = isPadded ? zeroPadding2D({ padding: 1, name: `${name}_pad` }).apply(x) : x;
  const padding = isPadded ? "valid" : "same";
  const options = { filters, kernelSize, strides, padding, useBias } as const;
  return normalized(conv2d({ ...options, name: `${name}_conv` }).apply(padded), name, form);
}

function normalized(x: SymbolicTensor, name: string, { normalization }: Form): SymbolicTensor {
  return batchNormalization({ ...normalization, name: `${name}_bn` }).apply(x);
}

/** @param index - Of the stage: 0 is conv2. */
function blockName(index: number, number: number): string {
  return `conv${index + 2}_block${number}`;
}

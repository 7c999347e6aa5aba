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

/** Channels inside the blocks of the four stages; four times as many leave them. */
const widths = [64, 128, 256, 512] as const;

/** Of every BatchNormalization, as in the networks that the weights come from. */
const epsilon = 1.001e-5;

/**
 * ResNet50V2 (He et al. 2016, "Identity Mappings in Deep Residual Networks"), as Keras builds it: normalization and ReLU come before
 * the convolutions, the stride lies in the last block of a stage. Without its classifier the output is
 * [batch, height / 32, width / 32, 2048], rounded up. Inputs: pixels from -1 to 1 (mode "tf").
 */
export const resNet50V2 = resNetV2({
  name: "resNet50V2",
  depths: [3, 4, 6, 3],
  md5: ["3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"],
});

/** ResNet101V2: as `resNet50V2`, with 23 blocks in the third stage. */
export const resNet101V2 = resNetV2({
  name: "resNet101V2",
  depths: [3, 4, 23, 3],
  md5: ["6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"],
});

/** ResNet152V2: as `resNet50V2`, with 8 and 36 blocks in the second and third stage. */
export const resNet152V2 = resNetV2({
  name: "resNet152V2",
  depths: [3, 8, 36, 3],
  md5: ["a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"],
});

function resNetV2(variant: DepthVariant) {
  const { depths } = variant;
  const application = catalogueRecord({
    ...depthFacts(variant, { folder: "resnet/", licence: "BSD-3-Clause" }),
    scaling: "tf",
    // The last block of a stage halves the map behind its first convolution.
    stages: [
      "conv1_conv",
      ...depths.slice(0, 3).map((depth, index) => `${blockName(index, depth)}_1_relu`),
      "post_relu",
    ],
    blocks: [
      ...depths.flatMap((depth, index) =>
        Array.from({ length: depth }, (_, place) => {
          const block = blockName(index, place + 1);
          return [block, `${block}_preact_bn`] as const;
        }),
      ),
      ["top", "post_bn"],
    ],
  });
  const features = (start: SymbolicTensor) => {
    const map = depths.reduce((x, depth, index) => stage(x, index, depth), stem(start));
    return rectified(map, "post");
  };
  return kerasNetwork(application, () => ({ features, top, poolingNames }));
}

function stem(start: SymbolicTensor): SymbolicTensor {
  let x = zeroPadding2D({ padding: 3, name: "conv1_pad" }).apply(start);
  x = conv2d({ filters: 64, kernelSize: 7, strides: 2, name: "conv1_conv" }).apply(x);
  x = zeroPadding2D({ padding: 1, name: "pool1_pad" }).apply(x);
  return maxPooling2D({ poolSize: 3, strides: 2, name: "pool1_pool" }).apply(x);
}

function stage(start: SymbolicTensor, index: number, depth: number): SymbolicTensor {
  let x = start;
  for (let number = 1; number <= depth; number++) {
    const strides = number === depth && index < widths.length - 1 ? 2 : 1;
    x = bottleneck(x, blockName(index, number), { filters: widths[index]!, strides, projects: number === 1 });
  }
  return x;
}

interface Bottleneck {
  readonly filters: number;
  readonly strides: 1 | 2;
  /** The shortcut is a convolution that brings it to the block's channels. */
  readonly projects: boolean;
}

/** Normalization, then convolutions 1 x 1, 3 x 3 and 1 x 1, and a shortcut around them. */
function bottleneck(
  start: SymbolicTensor,
  name: string,
  { filters, strides, projects }: Bottleneck,
): SymbolicTensor {
  const normal = rectified(start, `${name}_preact`);
  const shortcut = projects
    ? conv2d({ filters: 4 * filters, kernelSize: 1, name: `${name}_0_conv` }).apply(normal)
    : smaller(start, strides);
  let x = conv2d({ filters, kernelSize: 1, useBias: false, name: `${name}_1_conv` }).apply(normal);
  x = rectified(x, `${name}_1`);
  x = zeroPadding2D({ padding: 1, name: `${name}_2_pad` }).apply(x);
  x = conv2d({ filters, kernelSize: 3, strides, useBias: false, name: `${name}_2_conv` }).apply(x);
  x = rectified(x, `${name}_2`);
  x = conv2d({ filters: 4 * filters, kernelSize: 1, name: `${name}_3_conv` }).apply(x);
  return add({ name: `${name}_out` }).apply([shortcut, x]);
}

/** Every other pixel of every other row. */
function smaller(x: SymbolicTensor, strides: 1 | 2): SymbolicTensor {
  return strides === 1 ? x : maxPooling2D({ poolSize: 1, strides }).apply(x);
}

function rectified(x: SymbolicTensor, name: string): SymbolicTensor {
  const normalized = batchNormalization({ epsilon, name: `${name}_bn` }).apply(x);
  return activation({ activation: "relu", name: `${name}_relu` }).apply(normalized);
}

/** @param index - Of the stage: 0 is conv2. */
function blockName(index: number, number: number): string {
  return `conv${index + 2}_block${number}`;
}

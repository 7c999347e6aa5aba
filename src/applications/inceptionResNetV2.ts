import { activation, concatenate, conv2d, customScaleLayer } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { kerasNetwork } from "./catalogue.ts";
import { catalogueRecord, kernelFiles, publishedPair, averagedClassifier as top } from "./catalogueRecord.ts";
import { averaged, chain, convolution, halved, stem } from "./inceptionParts.ts";

const kerasName = "inception_resnet_v2";

const application = catalogueRecord({
  name: "inceptionResNetV2",
  commandName: kerasName,
  published: publishedPair({
    folder: "inception_resnet_v2/",
    licence: "Apache-2.0",
    files: kernelFiles(kerasName),
    digests: ["e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4"],
  }),
  defaultSize: 299,
  minimumSize: 75,
  scaling: "tf",
  stages: ["activation_2", "activation_4", "block35_10_ac", "block17_20_ac", "conv_7b_ac"],
  // Convolutions are numbered from the start, and the longest branch of a block comes first.
  blocks: [
    ["mixed_5b", "conv2d_8"],
    ["block35", "conv2d_15"],
    ["mixed_6a", "conv2d_73"],
    ["block17", "conv2d_77"],
    ["mixed_7a", "conv2d_160"],
    ["block8", "conv2d_164"],
    ["top", "conv_7b"],
  ],
});

/**
 * InceptionResNetV2 (Szegedy et al. 2016, "Inception-v4, Inception-ResNet"), as Keras builds it. Without its classifier the output is
 * [batch, rows, columns, 1536], 8 x 8 for 299 pixels. Inputs: pixels from -1 to 1 (mode "tf").
 */
export const inceptionResNetV2 = kerasNetwork(application, () => ({ features, top }));

function features(start: SymbolicTensor): SymbolicTensor {
  let x = mixed5(stem(start));
  for (let number = 1; number <= 10; number++) x = residual(x, `block35_${number}`, 0.17, branches35(x));
  x = mixed6(x);
  for (let number = 1; number <= 20; number++) x = residual(x, `block17_${number}`, 0.1, branches17(x));
  x = mixed7(x);
  for (let number = 1; number <= 9; number++) x = residual(x, `block8_${number}`, 0.2, branches8(x));
  x = scaledSum(x, "block8_10", 1, branches8(x));
  return convolution(x, 1536, 1, { name: "conv_7b" });
}

function mixed5(x: SymbolicTensor): SymbolicTensor {
  return concatenate({ name: "mixed_5b" }).apply([
    chain(x, [96, 1]),
    chain(x, [48, 1], [64, 5]),
    chain(x, [64, 1], [96, 3], [96, 3]),
    chain(averaged(x), [64, 1]),
  ]);
}

/** A convolution 3 x 3 that halves the map. */
function halving(x: SymbolicTensor, filters: number): SymbolicTensor {
  return convolution(x, filters, 3, { strides: 2, padding: "valid" });
}

function mixed6(x: SymbolicTensor): SymbolicTensor {
  return concatenate({ name: "mixed_6a" }).apply([
    halving(x, 384),
    halving(chain(x, [256, 1], [256, 3]), 384),
    halved(x),
  ]);
}

function mixed7(x: SymbolicTensor): SymbolicTensor {
  return concatenate({ name: "mixed_7a" }).apply([
    halving(chain(x, [256, 1]), 384),
    halving(chain(x, [256, 1]), 288),
    halving(chain(x, [256, 1], [288, 3]), 320),
    halved(x),
  ]);
}

/** Blocks are named by the side of their map at 299 pixels. */
function branches35(x: SymbolicTensor): readonly SymbolicTensor[] {
  return [chain(x, [32, 1]), chain(x, [32, 1], [32, 3]), chain(x, [32, 1], [48, 3], [64, 3])];
}

function branches17(x: SymbolicTensor): readonly SymbolicTensor[] {
  return [chain(x, [192, 1]), chain(x, [128, 1], [160, [1, 7]], [192, [7, 1]])];
}

function branches8(x: SymbolicTensor): readonly SymbolicTensor[] {
  return [chain(x, [192, 1]), chain(x, [192, 1], [224, [1, 3]], [256, [3, 1]])];
}

function residual(
  start: SymbolicTensor,
  name: string,
  scale: number,
  branches: readonly SymbolicTensor[],
): SymbolicTensor {
  const sum = scaledSum(start, name, scale, branches);
  return activation({ activation: "relu", name: `${name}_ac` }).apply(sum);
}

/** What enters a block, plus its branches brought to the same channels and scaled down. */
function scaledSum(
  start: SymbolicTensor,
  name: string,
  scale: number,
  branches: readonly SymbolicTensor[],
): SymbolicTensor {
  const mixed = concatenate({ name: `${name}_mixed` }).apply(branches);
  const filters = Number(start.shape.at(-1));
  const up = conv2d({ filters, kernelSize: 1, padding: "same", name: `${name}_conv` }).apply(mixed);
  return customScaleLayer({ scale }).apply([start, up]);
}

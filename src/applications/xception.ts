import {
  activation,
  add,
  batchNormalization,
  conv2d,
  maxPooling2D,
  separableConv2D,
} from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { kerasNetwork } from "./catalogue.ts";
import { catalogueRecord, kernelFiles, publishedPair, averagedClassifier as top } from "./catalogueRecord.ts";

const application = catalogueRecord({
  name: "xception",
  commandName: "xception",
  published: publishedPair({
    folder: "xception/",
    licence: "MIT",
    files: kernelFiles("xception"),
    digests: ["0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97"],
  }),
  defaultSize: 299,
  minimumSize: 71,
  scaling: "tf",
  stages: [
    "block2_sepconv2_bn",
    "block3_sepconv2_bn",
    "block4_sepconv2_bn",
    "block13_sepconv2_bn",
    "block14_sepconv2_act",
  ],
  firstBlock: "block1",
  blocks: Array.from({ length: 13 }, (_, index) => {
    const name = `block${index + 2}`;
    return [name, `${name}_sepconv1${index === 0 || index === 12 ? "" : "_act"}`] as const;
  }),
});

/**
 * Xception (Chollet 2016), as Keras builds it. Without its classifier the output is [batch, rows, columns, 2048], 10 x 10 for 299
 * pixels. Inputs: pixels from -1 to 1 (mode "tf").
 */
export const xception = kerasNetwork(application, () => ({ features, top }));

function features(start: SymbolicTensor): SymbolicTensor {
  let x = convolution(start, 32, { strides: 2, name: "block1_conv1" });
  x = rectified(x, "block1_conv1_act");
  x = rectified(convolution(x, 64, { strides: 1, name: "block1_conv2" }), "block1_conv2_act");
  for (const [index, filters] of [128, 256, 728].entries())
    x = halvingBlock(x, index + 2, [filters, filters]);
  for (let number = 5; number <= 12; number++) x = middleBlock(x, number);
  x = halvingBlock(x, 13, [728, 1024]);
  x = rectified(separable(x, 1536, "block14_sepconv1"), "block14_sepconv1_act");
  return rectified(separable(x, 2048, "block14_sepconv2"), "block14_sepconv2_act");
}

/** Two separable convolutions and a pooling, around them a convolution that halves as well. */
function halvingBlock(
  start: SymbolicTensor,
  number: number,
  [first, second]: readonly [number, number],
): SymbolicTensor {
  const name = `block${number}`;
  const shortcut = { filters: second, kernelSize: 1, strides: 2, padding: "same", useBias: false } as const;
  const residual = batchNormalization().apply(conv2d(shortcut).apply(start));
  // The second block follows a ReLU.
  let x = number === 2 ? start : rectified(start, `${name}_sepconv1_act`);
  x = rectified(separable(x, first, `${name}_sepconv1`), `${name}_sepconv2_act`);
  x = separable(x, second, `${name}_sepconv2`);
  x = maxPooling2D({ poolSize: 3, strides: 2, padding: "same", name: `${name}_pool` }).apply(x);
  return add().apply([x, residual]);
}

function middleBlock(start: SymbolicTensor, number: number): SymbolicTensor {
  let x = start;
  for (const place of [1, 2, 3]) {
    const name = `block${number}_sepconv${place}`;
    x = separable(rectified(x, `${name}_act`), 728, name);
  }
  return add().apply([x, start]);
}

function convolution(
  x: SymbolicTensor,
  filters: number,
  options: { readonly strides: number; readonly name: string },
): SymbolicTensor {
  const sums = conv2d({ filters, kernelSize: 3, useBias: false, ...options }).apply(x);
  return batchNormalization({ name: `${options.name}_bn` }).apply(sums);
}

function separable(x: SymbolicTensor, filters: number, name: string): SymbolicTensor {
  const sums = separableConv2D({ filters, kernelSize: 3, padding: "same", useBias: false, name }).apply(x);
  return batchNormalization({ name: `${name}_bn` }).apply(sums);
}

function rectified(x: SymbolicTensor, name: string): SymbolicTensor {
  return activation({ activation: "relu", name }).apply(x);
}

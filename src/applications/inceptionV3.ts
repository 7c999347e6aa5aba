import { concatenate } from "../layers/index.ts";
import type { SymbolicTensor } from "../layers/layer.ts";
import { kerasNetwork } from "./catalogue.ts";
import { catalogueRecord, kernelFiles, publishedPair, averagedClassifier as top } from "./catalogueRecord.ts";
import { averaged, chain, convolution, halved, stem } from "./inceptionParts.ts";

const kerasName = "inception_v3";

const application = catalogueRecord({
  name: "inceptionV3",
  commandName: kerasName,
  published: publishedPair({
    folder: "inception_v3/",
    licence: "Apache-2.0",
    files: kernelFiles(kerasName),
    digests: ["9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63"],
  }),
  defaultSize: 299,
  minimumSize: 75,
  scaling: "tf",
  stages: ["activation_2", "activation_4", "mixed2", "mixed7", "mixed10"],
  // Named by their outputs. Convolutions are numbered from the start, and the longest branch of a block comes first.
  blocks: [8, 15, 22, 27, 34, 44, 54, 64, 72, 80, 89].map(
    (number, index) => [`mixed${index}`, `conv2d_${number}`] as const,
  ),
});

/**
 * InceptionV3 (Szegedy et al. 2015, "Rethinking the Inception Architecture"), as Keras builds it. Without its classifier the output is
 * [batch, rows, columns, 2048], 8 x 8 for 299 pixels. Inputs: pixels from -1 to 1 (mode "tf").
 */
export const inceptionV3 = kerasNetwork(application, () => ({ features, top }));

function features(start: SymbolicTensor): SymbolicTensor {
  let x = stem(start);
  for (const [index, pooled] of [32, 64, 64].entries()) x = blockA(x, `mixed${index}`, pooled);
  x = reductionA(x);
  for (const [index, filters] of [128, 160, 160, 192].entries()) x = blockB(x, `mixed${index + 4}`, filters);
  x = reductionB(x);
  for (const index of [0, 1]) x = blockC(x, index);
  return x;
}

/** Windows of 1, 5 and twice 3. @param pooled - Channels of the branch behind the pooling. */
function blockA(x: SymbolicTensor, name: string, pooled: number): SymbolicTensor {
  return joined(name, [
    chain(x, [64, 1]),
    chain(x, [48, 1], [64, 5]),
    chain(x, [64, 1], [96, 3], [96, 3]),
    chain(averaged(x), [pooled, 1]),
  ]);
}

function reductionA(x: SymbolicTensor): SymbolicTensor {
  const wide = convolution(x, 384, 3, { strides: 2, padding: "valid" });
  const double = convolution(chain(x, [64, 1], [96, 3]), 96, 3, { strides: 2, padding: "valid" });
  return joined("mixed3", [wide, double, halved(x)]);
}

/** Windows of 7, taken apart into rows and columns. @param filters - Channels inside the branches. */
function blockB(x: SymbolicTensor, name: string, filters: number): SymbolicTensor {
  return joined(name, [
    chain(x, [192, 1]),
    chain(x, [filters, 1], [filters, [1, 7]], [192, [7, 1]]),
    chain(x, [filters, 1], [filters, [7, 1]], [filters, [1, 7]], [filters, [7, 1]], [192, [1, 7]]),
    chain(averaged(x), [192, 1]),
  ]);
}

function reductionB(x: SymbolicTensor): SymbolicTensor {
  const small = convolution(chain(x, [192, 1]), 320, 3, { strides: 2, padding: "valid" });
  const rows = chain(x, [192, 1], [192, [1, 7]], [192, [7, 1]]);
  const large = convolution(rows, 192, 3, { strides: 2, padding: "valid" });
  return joined("mixed8", [small, large, halved(x)]);
}

/** Branches that part once more, into a row and a column. */
function blockC(x: SymbolicTensor, index: number): SymbolicTensor {
  const one = chain(x, [320, 1]);
  const parted = (start: SymbolicTensor) => [chain(start, [384, [1, 3]]), chain(start, [384, [3, 1]])];
  const small = joined(`mixed9_${index}`, parted(chain(x, [384, 1])));
  const large = joined(undefined, parted(chain(x, [448, 1], [384, 3])));
  return joined(`mixed${9 + index}`, [one, small, large, chain(averaged(x), [192, 1])]);
}

function joined(name: string | undefined, branches: readonly SymbolicTensor[]): SymbolicTensor {
  return concatenate(name === undefined ? {} : { name }).apply(branches);
}

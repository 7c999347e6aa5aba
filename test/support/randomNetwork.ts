import fc from "fast-check";
import { activations } from "../../src/layers/activations.ts";
import * as layers from "../../src/layers/index.ts";
import type { LayerOptions, SymbolicTensor } from "../../src/layers/layer.ts";
import { Model } from "../../src/models/functional.ts";

/** What a step does with tensors [batch, 6, 6, 4]: the result is one too. */
type Step = (a: SymbolicTensor, b: SymbolicTensor, options: LayerOptions) => SymbolicTensor;

const pool = { poolSize: 2 } as const;

/** Every layer that can stand between two pictures, by its own name. */
const steps: Readonly<Record<string, Step>> = {
  conv2d: (a, _, options) =>
    layers.conv2d({ ...options, filters: 4, kernelSize: 3, padding: "same" }).apply(a),
  dilatedGroups: (a, _, options) =>
    layers
      .conv2d({ ...options, filters: 4, kernelSize: 3, padding: "same", dilationRate: 2, groups: 2 })
      .apply(a),
  depthwiseConv2D: (a, _, options) =>
    layers.depthwiseConv2D({ ...options, kernelSize: 3, padding: "same" }).apply(a),
  separableConv2D: (a, _, options) =>
    layers.separableConv2D({ ...options, filters: 4, kernelSize: 3, padding: "same" }).apply(a),
  conv2DTranspose: (a, _, options) =>
    layers
      .averagePooling2D(pool)
      .apply(
        layers
          .conv2DTranspose({ ...options, filters: 4, kernelSize: 3, strides: 2, padding: "same" })
          .apply(a),
      ),
  globalMaxPooling2D: (a, _, options) =>
    layers.add().apply([a, layers.globalMaxPooling2D({ ...options, keepdims: true }).apply(a)]),
  batchNormalization: (a, _, options) => layers.batchNormalization(options).apply(a),
  layerNormalization: (a, _, options) => layers.layerNormalization(options).apply(a),
  layerNormalizationOfPictures: (a, _, options) =>
    layers.layerNormalization({ ...options, axis: [1, 2, 3] }).apply(a),
  groupNormalization: (a, _, options) => layers.groupNormalization({ ...options, groups: 2 }).apply(a),
  relu: (a, _, options) => layers.relu({ ...options, maxValue: 2, negativeSlope: 0.1 }).apply(a),
  leakyRelu: (a, _, options) => layers.leakyRelu(options).apply(a),
  elu: (a, _, options) => layers.elu(options).apply(a),
  prelu: (a, _, options) => layers.prelu({ ...options, alphaInitializer: "random_uniform" }).apply(a),
  preluOfChannels: (a, _, options) => layers.prelu({ ...options, sharedAxes: [1, 2] }).apply(a),
  softmax: (a, _, options) => layers.softmax({ ...options, axis: 2 }).apply(a),
  glu: (a, _, options) => twice(layers.activation({ ...options, activation: "glu" }).apply(a), options),
  dropout: (a, _, options) => layers.dropout({ ...options, rate: 0.3 }).apply(a),
  dropoutOfSamples: (a, _, options) =>
    layers.dropout({ ...options, rate: 0.3, noiseShape: [null, 1, 1, 1] }).apply(a),
  spatialDropout2D: (a, _, options) => layers.spatialDropout2D({ ...options, rate: 0.3 }).apply(a),
  gaussianNoise: (a, _, options) => layers.gaussianNoise({ ...options, stddev: 0.2 }).apply(a),
  permute: (a, _, options) => layers.permute({ ...options, dims: [2, 1, 3] }).apply(a),
  upSampling2D: (a, _, options) =>
    layers.maxPooling2D(pool).apply(layers.upSampling2D({ ...options, interpolation: "bilinear" }).apply(a)),
  averagePooling2D: (a, _, options) =>
    layers.upSampling2D().apply(layers.averagePooling2D({ ...options, ...pool }).apply(a)),
  cropping2D: (a, _, options) =>
    layers.zeroPadding2D().apply(layers.cropping2D({ ...options, cropping: 1 }).apply(a)),
  resizing: (a, _, options) => {
    const small = layers.resizing({ ...options, height: 4, width: 5, interpolation: "bicubic" }).apply(a);
    return layers.resizing({ height: 6, width: 6 }).apply(small);
  },
  centerCrop: (a, _, options) =>
    layers
      .zeroPadding2D({ padding: [1, 0] })
      .apply(layers.centerCrop({ ...options, height: 4, width: 6 }).apply(a)),
  rescaling: (a, _, options) =>
    layers.rescaling({ ...options, scale: [0.5, -1, 2, 1], offset: 0.1 }).apply(a),
  normalization: (a, _, options) => layers.normalization({ ...options, mean: 0.2, variance: 2 }).apply(a),
  reshape: (a, _, options) =>
    layers
      .reshape({ targetShape: [6, 6, 4] })
      .apply(layers.reshape({ ...options, targetShape: [12, -1] }).apply(a)),
  globalAveragePooling2D: (a, _, options) =>
    layers.multiply().apply([a, layers.globalAveragePooling2D({ ...options, keepdims: true }).apply(a)]),
  add: (a, b, options) => layers.add(options).apply([a, b]),
  subtract: (a, b, options) => layers.subtract(options).apply([a, b]),
  multiply: (a, b, options) => layers.multiply(options).apply([a, b]),
  average: (a, b, options) => layers.average(options).apply([a, b, a]),
  maximum: (a, b, options) => layers.maximum(options).apply([a, b]),
  minimum: (a, b, options) => layers.minimum(options).apply([a, b]),
  concatenate: (a, b, options) =>
    layers.conv2d({ filters: 4, kernelSize: 1 }).apply(layers.concatenate(options).apply([a, b])),
  // Neither changes the number of channels, nor grows beyond all bounds in a few steps.
  ...Object.fromEntries(
    Object.keys(activations)
      .filter((name) => name !== "glu" && name !== "exponential")
      .map((name): [string, Step] => [
        `activation ${name}`,
        (a, _, options) => layers.activation({ ...options, activation: name }).apply(a),
      ]),
  ),
};

/** As many channels as before, once more. */
function twice(x: SymbolicTensor, { trainable }: LayerOptions): SymbolicTensor {
  const same = layers.conv2d({ filters: 2, kernelSize: 1, trainable: trainable ?? true }).apply(x);
  return layers.concatenate().apply([x, same]);
}

export interface NetworkStep {
  readonly kind: string;
  /** Places in the list of tensors made so far, counted from its end. */
  readonly from: readonly [number, number];
  readonly frozen: boolean;
}

export const networkSteps = fc.array(
  fc.record({
    kind: fc.constantFrom(...Object.keys(steps)),
    from: fc.tuple(fc.nat(2), fc.nat(4)),
    frozen: fc.boolean(),
  }),
  { minLength: 3, maxLength: 8 },
);

/** A network over pictures 6x6x4 whose steps branch and meet at random; it ends in the mean of each channel. */
export function randomNetwork(chosen: readonly NetworkStep[]): Model {
  const inputs = layers.input({ shape: [6, 6, 4], name: "pictures" });
  const tensors = [inputs];
  for (const [index, { kind, from, frozen }] of chosen.entries()) {
    const [a, b] = from.map((place) => tensors[Math.max(0, tensors.length - 1 - place)]!);
    tensors.push(steps[kind]!(a!, b!, { name: `step_${index}`, trainable: !frozen }));
  }
  const means = layers.globalAveragePooling2D().apply(tensors.at(-1)!);
  return new Model({ inputs, outputs: layers.dense({ units: 2, name: "top" }).apply(means), seed: 3 });
}

import { describe, expect, it } from "vitest";
import { maxNorm, unitNorm } from "../../src/layers/constraints.ts";
import * as layers from "../../src/layers/index.ts";
import { Model } from "../../src/models/functional.ts";
import { sgd } from "../../src/optimizers/index.ts";
import { compileModel } from "../../src/training/compiled/compile.ts";
import { labelSamples } from "../../src/training/samples/labelSamples.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";
import { trainInProcess } from "../support/inProcessTraining.ts";

interface LayerWeights {
  readonly layer: string;
  readonly values: readonly GoldenArray[];
}

interface Golden {
  readonly batchSize: number;
  readonly batches: number;
  readonly x: GoldenArray;
  readonly labels: readonly number[];
  readonly losses: readonly number[];
  readonly initialWeights: readonly LayerWeights[];
  readonly finalWeights: readonly LayerWeights[];
  readonly summary: string;
}

const golden = goldenFile<Golden>("layerTrajectory");

/** The network of layerTrajectory.py. */
function network(): Model {
  const inputs = layers.input({ shape: [8, 8, 3], name: "pictures" });
  const limit = maxNorm({ maxValue: 1.2, axis: [0, 1, 2] });
  const padding = "same";
  let x = layers.rescaling({ scale: 0.5, offset: -0.1 }).apply(inputs);
  x = layers.conv2d({ filters: 6, kernelSize: 3, padding, kernelConstraint: limit, name: "first" }).apply(x);
  x = layers.groupNormalization({ groups: 3, name: "groups" }).apply(x);
  const trunk = layers.activation({ activation: "gelu", name: "gelu" }).apply(x);
  const cut = layers.resizing({ height: 8, width: 8 }).apply(layers.cropping2D({ cropping: 1 }).apply(trunk));
  let deep = layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, padding, name: "second" }).apply(trunk);
  deep = layers.layerNormalization({ name: "layers" }).apply(deep);
  deep = layers
    .upSampling2D({ interpolation: "bilinear" })
    .apply(layers.prelu({ sharedAxes: [1, 2] }).apply(deep));
  x = layers.concatenate().apply([layers.average().apply([trunk, cut]), deep]);
  x = layers.batchNormalization({ name: "batch" }).apply(x);
  x = layers
    .permute({ dims: [2, 1, 3] })
    .apply(layers.activation({ activation: "mish", name: "mish" }).apply(x));
  x = layers.depthwiseConv2D({ kernelSize: 3, name: "depthwise" }).apply(x);
  x = layers
    .globalAveragePooling2D({ name: "pool" })
    .apply(layers.leakyRelu({ negativeSlope: 0.1 }).apply(x));
  const unit = { kernelConstraint: unitNorm(), biasConstraint: "non_neg" } as const;
  const a = layers.dense({ units: 8, activation: "selu", ...unit, name: "selu" }).apply(x);
  const b = layers.elu().apply(layers.dense({ units: 8, kernelRegularizer: "l1", name: "plain" }).apply(x));
  x = layers.subtract().apply([layers.maximum().apply([a, b]), layers.minimum().apply([a, b])]);
  x = layers.dense({ units: 3, name: "top" }).apply(layers.layerNormalization({ name: "rows" }).apply(x));
  return new Model({ inputs, outputs: layers.softmax().apply(x) });
}

function networkWithWeights(): Model {
  const model = network();
  for (const { layer, values } of golden.initialWeights)
    model.getLayer(layer).setWeights(values.map(decodeArray));
  return model;
}

describe("a network of many kinds of layers", () => {
  it("has Keras's summary", () => {
    expect(network().summary()).toBe(golden.summary.trimEnd());
  });

  it("takes the 30 steps that real Keras takes", async () => {
    const model = networkWithWeights();
    const compiled = compileModel(model, {
      optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
      loss: "sparse_categorical_crossentropy",
    });
    const training = await trainInProcess(
      compiled,
      labelSamples(compiled, decodeArray(golden.x), golden.labels),
    );
    const { batchSize, batches } = golden;
    for (const [step, expected] of golden.losses.entries()) {
      const start = batchSize * (step % batches);
      const loss = await training.step(Array.from({ length: batchSize }, (_, row) => start + row));
      expect(Math.abs(loss / expected - 1), `step ${step}`).toBeLessThan(1e-4);
    }
    const trained = training.weights();
    await training.close();
    for (const [index, { layer, values }] of golden.finalWeights.entries()) {
      for (const [place, parameter] of model.getLayer(layer).weights.entries()) {
        parameter.setEngineLayout(trained.get(`${layer}/${parameter.name}`)!);
        const expected = decodeArray(values[place]!).data;
        const start = decodeArray(golden.initialWeights[index]!.values[place]!).data;
        const received = parameter.get().data;
        const change = Math.hypot(...expected.map((value, i) => value - start[i]!));
        const distance = Math.hypot(...expected.map((value, i) => value - received[i]!));
        expect(distance / Math.max(change, 1e-2), `${layer}/${parameter.name}`).toBeLessThan(1e-4);
      }
    }
  });
});

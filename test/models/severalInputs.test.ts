import { rm } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.ts";
import { model } from "../../src/keras/models.ts";
import { add, conv2d, dense, globalAveragePooling2D, input } from "../../src/layers/index.ts";
import { splitClassifier } from "../../src/recipes/classifier/classifierGraphs.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import type { FitOptions } from "../../src/training/runs/fitOptions.ts";
import { temporaryFolder } from "../support/pictures.ts";

const samples = 10;

describe("a frozen base under two inputs and two outputs", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await temporaryFolder("several-inputs");
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** One output looks at the left picture alone, the other at both: two frozen values are needed behind the base. */
  function pairs() {
    const base = conv2d({ filters: 6, kernelSize: 5, activation: "relu", trainable: false, name: "base" });
    const inputs = ["left", "right"].map((name) => input({ shape: [8, 8, 3], name }));
    const [left, right] = inputs.map((one) => globalAveragePooling2D().apply(base.apply(one)));
    const outputs = [
      dense({ units: 1, name: "one" }).apply(left!),
      dense({ units: 1, name: "both" }).apply(add().apply([left!, right!])),
    ];
    return model({ inputs, outputs });
  }

  function pictures(name: string) {
    const random = new Random("pairs", name);
    const data = Float32Array.from({ length: samples * 8 * 8 * 3 }, () => random.uniform(0, 1));
    return float32([samples, 8, 8, 3], data);
  }

  async function trained(options: Pick<FitOptions, "oncePerSample"> & { readonly store: string | false }) {
    const network = pairs();
    network.compile({ optimizer: "sgd", loss: "mse" });
    const x = { left: pictures("left"), right: pictures("right") };
    const y = Float32Array.from({ length: samples }, (_, index) => index / samples);
    const { history, features } = await network.fit(x, [y, y], {
      epochs: 3,
      batchSize: 4,
      verbose: 0,
      ...options,
    });
    const weights = network.getWeights();
    await network.close();
    return { ways: { history, weights }, features };
  }

  it("is cut behind both values that the outputs need", () => {
    const { prefix, reason } = splitClassifier(pairs());
    expect(prefix!.outputs.map(({ type }) => type.shape)).toEqual([["batch", 12]]);
    expect(reason).toMatch(/stored together/);
  });

  it("trains on stored rows to the bits of the plain way, and computes nothing the second time", async () => {
    const plain = await trained({ oncePerSample: false, store: false });
    const first = await trained({ store: folder });
    expect(first.ways).toEqual(plain.ways);
    expect(first.features).toEqual({ computed: samples, reused: 0 });
    const second = await trained({ store: folder });
    expect(second.ways).toEqual(plain.ways);
    expect(second.features).toEqual({ computed: 0, reused: samples });
  });
});

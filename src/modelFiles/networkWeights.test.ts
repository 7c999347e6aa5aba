import { describe, expect, it } from "vitest";
import type { TensorEntry, WeightFile } from "../formats/weightFile.ts";
import { conv2d, input } from "../layers/index.ts";
import { Model } from "../models/functional.ts";
import { float32 } from "../tensor/tensor.ts";
import { loadNetworkWeights } from "./loadWeights.ts";

function network(): Model {
  const inputs = input({ shape: [2, 2, 1] });
  return new Model({ inputs, outputs: conv2d({ filters: 2, kernelSize: 1, name: "conv" }).apply(inputs) });
}

/** A file whose tensor at each place is filled with its number there, from 1. */
function fileOf(entries: readonly Omit<TensorEntry, "dtype">[]): WeightFile {
  const numbers = new Map(entries.map(({ name }, index) => [name, index + 1]));
  const tensors = new Map(entries.map((entry) => [entry.name, { ...entry, dtype: "float32" as const }]));
  return {
    format: "Keras weights (.h5)",
    path: "weights.h5",
    tensors,
    metadata: new Map(),
    read: async (name) => {
      const { shape } = tensors.get(name)!;
      const size = shape.reduce((product, length) => product * length, 1);
      return float32(shape, new Float32Array(size).fill(numbers.get(name)!));
    },
    close: async () => {},
  };
}

const kernel = { name: "conv/conv_W_1:0", layer: "conv", shape: [1, 1, 1, 2] };
const bias = { name: "conv/conv_b_1:0", layer: "conv", shape: [2] };

describe("weights of a file", () => {
  it("are found by their names, whatever their order", async () => {
    const model = network();
    const names = ["conv/bias:0", "conv/kernel:0"];
    await loadNetworkWeights(
      model,
      fileOf([
        { ...bias, name: names[0]! },
        { ...kernel, name: names[1]! },
      ]),
    );
    expect(model.weights.map(({ value }) => [...value])).toEqual([
      [2, 2],
      [1, 1],
    ]);
  });

  it("are found by their order where their names are others; other layers are passed over", async () => {
    const model = network();
    const classifier = { name: "fc1/fc1_W_1:0", layer: "fc1", shape: [3, 4] };
    await loadNetworkWeights(model, fileOf([kernel, classifier, bias]));
    expect(model.weights.map(({ value }) => [...value])).toEqual([
      [1, 1],
      [3, 3],
    ]);
  });

  it("are refused where the file has layers between them: a larger network of the same names", async () => {
    const inputs = input({ shape: [2, 2, 1] });
    const layer = (name: string) => conv2d({ filters: 1, kernelSize: 1, useBias: false, name });
    const small = new Model({
      inputs,
      outputs: layer("conv2").apply(layer("conv1").apply(inputs)),
      name: "small",
    });
    const named = (name: string) => ({ name: `${name}/kernel:0`, layer: name, shape: [1, 1, 1, 1] });
    await expect(
      loadNetworkWeights(small, fileOf([named("conv1"), named("conv1b"), named("conv2")])),
    ).rejects.toThrow("not those of small:\n  conv1b: only the file has it ([1, 1, 1, 1])");
    await loadNetworkWeights(small, fileOf([named("conv1"), named("conv2"), named("top")]));
  });

  it("are refused when one is missing or of another shape", async () => {
    await expect(loadNetworkWeights(network(), fileOf([kernel]))).rejects.toThrow(
      "conv: expected 2 weights (kernel, bias), the file has 1 for it",
    );
    await expect(loadNetworkWeights(network(), fileOf([]))).rejects.toThrow("the file has none for it");
    await expect(loadNetworkWeights(network(), fileOf([kernel, { ...bias, shape: [3] }]))).rejects.toThrow(
      "conv: bias: expected [2], the file has [3]",
    );
  });
});

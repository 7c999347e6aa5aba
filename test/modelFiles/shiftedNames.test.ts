import { describe, expect, it } from "vitest";
import { createBase } from "../../src/applications/index.ts";
import type { TensorEntry, WeightFile } from "../../src/formats/weightFile.ts";
import { loadNetworkWeights } from "../../src/modelFiles/loadWeights.ts";
import { float32, sizeOf } from "../../src/tensor/tensor.ts";
import { goldenFile } from "../support/goldenArrays.ts";

/** See test/golden/shiftedNames.py. */
interface Case {
  readonly base: string;
  readonly size: number;
  readonly layers: readonly (readonly [name: string, ...(readonly [weight: string, ...number[]])[]])[];
}

const { cases } = goldenFile<{ readonly cases: readonly Case[] }>("shiftedNames");

/** A file as Keras writes it, in which each weight is filled with its number, from 1. */
function fileOf({ layers }: Case): WeightFile {
  const entries = layers.flatMap(([layer, ...weights]) =>
    weights.map(
      ([name, ...shape]): TensorEntry => ({ name: `${layer}/${name}`, layer, dtype: "float32", shape }),
    ),
  );
  const tensors = new Map(entries.map((entry) => [entry.name, entry]));
  const numbers = new Map(entries.map(({ name }, index) => [name, index + 1]));
  return {
    format: "Keras weights (.h5)",
    path: "published_notop.h5",
    tensors,
    metadata: new Map(),
    read: async (name) => {
      const { shape } = tensors.get(name)!;
      return float32(shape, new Float32Array(sizeOf(shape)).fill(numbers.get(name)!));
    },
    close: async () => {},
  };
}

describe("a published file whose automatic names go on counting from other networks", () => {
  it.each(cases)("$base takes its layers in their order", async (one) => {
    const { base, size, layers } = one;
    const network = await createBase(base, { inputShape: [size, size, 3], weights: null });
    await loadNetworkWeights(network, fileOf(one));
    const units = network.layers.filter(({ weights }) => weights.length > 0);
    expect(units).toHaveLength(layers.length);
    let number = 0;
    for (const [index, [name, ...weights]] of layers.entries()) {
      const numbers = weights.map(() => ++number);
      // Keras has trained weights first where a layer is a model.
      const found = units[index]!.weights.map(({ value }) => value[0]);
      expect([name, found.sort((a, b) => a! - b!)]).toEqual([name, numbers]);
    }
  });

  it("is refused where one layer is missing or shapes are others", async () => {
    const one = cases.find(({ base }) => base === "inception_v3")!;
    const network = await createBase("inception_v3", { inputShape: [75, 75, 3], weights: null });
    const short = { ...one, layers: one.layers.slice(0, -1) };
    await expect(loadNetworkWeights(network, fileOf(short))).rejects.toThrow("conv2d: expected 1 weights");
    const [first, second, ...others] = one.layers;
    const turned = { ...one, layers: [second!, first!, ...others] };
    await expect(loadNetworkWeights(network, fileOf(turned))).rejects.toThrow("its weights are not those of");
  });
});

import { describe, expect, it } from "vitest";
import { createBase } from "../../applications/index.ts";
import { freezeBelow, unfrozenFrom } from "../../applications/unfreeze.ts";
import { batchNormalization, dense, globalAveragePooling2D } from "../../layers/index.ts";
import { sequential } from "../../models/index.ts";
import { Sequential } from "../../models/sequential.ts";
import { compileModel } from "./compile.ts";
import type { RateOptions } from "./rateFactors.ts";

function stack(): Sequential {
  const base = new Sequential({
    name: "base",
    layers: [
      dense({ units: 4, name: "block1_a", inputShape: [3] }),
      batchNormalization({ name: "block1_norm" }),
      dense({ units: 4, name: "block2_a" }),
      dense({ units: 4, name: "block2_b" }),
    ],
  });
  return sequential({ layers: [base, dense({ units: 2, name: "top" })] });
}

function factors(model: Sequential, options: RateOptions): Readonly<Record<string, number>> {
  const { rates } = compileModel(model, { loss: "mse", ...options });
  const kernels = [...rates].filter(([path]) => /kernel|gamma/.test(path));
  return Object.fromEntries(kernels.map(([path, rate]) => [path.split("/").at(-2), rate]));
}

describe("rates by layer", () => {
  it("are 1 where nothing is said", () => {
    expect(Object.values(factors(stack(), {})).every((rate) => rate === 1)).toBe(true);
  });

  it("go by layer, model, block and pattern; the last that fits counts", () => {
    const learningRates = { base: 0.5, block2: 0.25, "*_a": 0.1, top: 2 };
    expect(factors(stack(), { learningRates })).toEqual({
      block1_a: 0.1,
      block1_norm: 0.5,
      block2_a: 0.1,
      block2_b: 0.25,
      top: 2,
    });
  });

  it("decay from the output down, normalisation with the layer before it, times their own factor", () => {
    expect(factors(stack(), { layerwiseDecay: 0.5, learningRates: { block1_a: 4 } })).toEqual({
      block1_a: 4 * 0.125,
      block1_norm: 0.125,
      block2_a: 0.25,
      block2_b: 0.5,
      top: 1,
    });
  });

  it("count trained kernels on the longest way only", () => {
    const model = stack();
    model.getLayer("base").trainable = false;
    (model.getLayer("base") as Sequential).getLayer("block1_a").trainable = true;
    expect(factors(model, { layerwiseDecay: 0.5 })).toEqual({ block1_a: 0.5, top: 1 });
  });

  it("know the blocks that a base network names", async () => {
    const base = await createBase("mobilenet_v3_small", { weights: null, inputShape: [96, 96, 3] });
    freezeBelow(base, unfrozenFrom(base, "last:2"));
    const model = sequential({ layers: [base, globalAveragePooling2D(), dense({ units: 2, name: "top" })] });
    const { rates } = compileModel(model, { loss: "mse", learningRates: { block11: 0.1 } });
    const slow = [...rates].filter(([, rate]) => rate === 0.1).map(([path]) => path.split("/")[1]!);
    expect(new Set(slow.map((name) => name.slice(0, 16)))).toEqual(new Set(["expanded_conv_10"]));
    expect(rates.get("top/kernel")).toBe(1);
  });

  it("refuse names that fit nothing, or nothing trained, and factors that cannot train", () => {
    const refused: readonly (readonly [RateOptions, string])[] = [
      [{ learningRates: { tup: 1 } }, 'no layer with weights that "tup" fits. Did you mean top?'],
      [{ learningRates: { top: 0 } }, "above 0, got 0. To leave layers as they are, set trainable = false"],
      [{ learningRates: { top: -1 } }, "above 0, got -1."],
      [{ layerwiseDecay: Number.NaN }, "layerwiseDecay: expected a factor of the learning rate above 0"],
      [{ learningRates: { base: 0.1 } }, 'that "base" fits are frozen'],
    ];
    const model = stack();
    model.getLayer("base").trainable = false;
    for (const [options, message] of refused) expect(() => factors(model, options)).toThrow(message);
  });
});

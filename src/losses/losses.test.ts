import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gradients } from "../autodiff/gradients.ts";
import { interpret } from "../engine/reference/interpret.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { meanLoss, resolveLoss } from "./index.ts";

interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface Case {
  readonly name: string;
  readonly loss: string;
  readonly target: Numbers;
  readonly prediction: Numbers;
  readonly from_logits?: boolean;
  readonly label_smoothing?: number;
  readonly activation?: "sigmoid" | "softmax";
  readonly ignore_class?: number;
  readonly sampleWeight?: readonly number[];
  readonly perSample: readonly number[];
  readonly value: number;
  readonly gradient: readonly number[];
}

const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/losses.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Case[] };

interface Computed {
  readonly perSample: readonly number[];
  readonly value: number;
  readonly gradient: readonly number[];
}

function computed(one: Case): Computed {
  const g = new GraphBuilder();
  const feeds = new Map<string, Tensor>();
  const feed = (name: string, { shape, values }: Numbers): Value => {
    feeds.set(name, float32(shape, values));
    return g.input(name, { dtype: "float32", shape: ["batch", ...shape.slice(1)] }, { kind: "data" });
  };
  const input = feed("prediction", one.prediction);
  const prediction = one.activation === undefined ? input : g.apply(operators[one.activation], [input], {});
  const loss = resolveLoss({
    name: one.loss,
    config: { fromLogits: one.from_logits ?? false, labelSmoothing: one.label_smoothing ?? 0 },
  });
  const perSample = loss.perSample(g, prediction, feed("target", one.target));
  const weights =
    one.sampleWeight && feed("weights", { shape: [one.sampleWeight.length], values: one.sampleWeight });
  const mean = meanLoss(g, perSample, weights);
  const [gradient] = gradients(g, mean, [input]);
  const results = interpret(g.build([perSample, mean, gradient!]), feeds);
  return {
    perSample: [...results[0]!.data],
    value: results[1]!.data[0]!,
    gradient: [...results[2]!.data],
  };
}

function expectClose(actual: number, expected: number): void {
  // Keras computes in float32; we interpret in float64.
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(expected)));
}

describe("losses", () => {
  const cases = golden.cases.filter((one) => one.ignore_class === undefined);

  it.each(cases)("agree with Keras: $name", (one) => {
    const { perSample, value, gradient } = computed(one);
    expectClose(value, one.value);
    for (const [index, expected] of one.gradient.entries()) expectClose(gradient[index]!, expected);
    if (one.perSample.length !== perSample.length) return;
    for (const [index, expected] of one.perSample.entries()) {
      const weight = one.sampleWeight?.[index] ?? 1;
      expectClose(perSample[index]! * weight, expected);
    }
  });

  it("accept Keras's spelling, camelCase and short names", () => {
    for (const name of ["binary_crossentropy", "binaryCrossentropy", "BinaryCrossentropy", "bce"]) {
      expect(resolveLoss(name).name).toBe("binaryCrossentropy");
    }
  });

  it("suggest the nearest name", () => {
    expect(() => resolveLoss("binary_crossentropi")).toThrow("Did you mean binaryCrossentropy?");
  });

  it("refuse one-hot targets for sparse labels, and the reverse", () => {
    const g = new GraphBuilder();
    const value = (name: string, width: number) =>
      g.input(name, { dtype: "float32", shape: ["batch", width] }, { kind: "data" });
    const [prediction, labels] = [value("prediction", 3), value("labels", 1)];
    expect(() => resolveLoss("sparse_categorical_crossentropy").perSample(g, prediction, prediction)).toThrow(
      "use categoricalCrossentropy",
    );
    expect(() => resolveLoss("categorical_crossentropy").perSample(g, prediction, labels)).toThrow(
      "use sparseCategoricalCrossentropy",
    );
  });

  it("refuse a smoothing outside [0, 1)", () => {
    expect(() => resolveLoss({ name: "bce", config: { labelSmoothing: 1 } })).toThrow("labelSmoothing");
  });
});

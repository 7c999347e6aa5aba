import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gradients } from "../autodiff/gradients.ts";
import { interpret } from "../engine/reference/interpret.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { permute, toEngineShape } from "../layers/layout.ts";
import { operators } from "../ops/index.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { type Loss, sparseCategoricalCrossentropy } from "./index.ts";
import { reducedLoss, reduceLosses } from "./reduction.ts";
import { resolveLoss } from "./resolveLoss.ts";

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
  readonly alpha?: number;
  readonly gamma?: number;
  readonly apply_class_balancing?: boolean;
  readonly delta?: number;
  readonly axis?: number;
  readonly reduction?: string;
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

function lossOf(one: Case): Loss {
  const options = {
    fromLogits: one.from_logits,
    labelSmoothing: one.label_smoothing,
    alpha: one.alpha,
    gamma: one.gamma,
    applyClassBalancing: one.apply_class_balancing,
    delta: one.delta,
    axis: one.axis,
    ignoreClass: one.ignore_class,
    reduction: one.reduction,
  };
  const config = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return resolveLoss({ name: one.loss, config });
}

/** Values as the engine has them: pictures are [batch, channels, height, width]. */
function engineTensor({ shape, values }: Numbers): Tensor {
  if (shape.length !== 4) return float32(shape, values);
  const data = permute(Float32Array.from(values), shape, [0, 3, 1, 2]);
  return float32(toEngineShape(shape).map(Number), data);
}

function userValues(data: ArrayLike<number>, shape: readonly number[]): readonly number[] {
  if (shape.length !== 4) return Array.from(data);
  return [...permute(Float32Array.from(data), toEngineShape(shape).map(Number), [0, 2, 3, 1])];
}

function computed(one: Case): Computed {
  const g = new GraphBuilder();
  const feeds = new Map<string, Tensor>();
  const feed = (name: string, numbers: Numbers): Value => {
    const tensor = engineTensor(numbers);
    feeds.set(name, tensor);
    return g.input(name, { dtype: "float32", shape: ["batch", ...tensor.shape.slice(1)] }, { kind: "data" });
  };
  const input = feed("prediction", one.prediction);
  const attributes = one.activation === "softmax" && input.type.shape.length === 4 ? { axis: 1 } : {};
  const prediction =
    one.activation === undefined ? input : g.apply(operators[one.activation], [input], attributes);
  const loss = lossOf(one);
  const target = feed("target", one.target);
  const perSample = loss.perSample(g, prediction, target);
  const samples = one.prediction.shape[0]!;
  const values = one.sampleWeight ?? new Array<number>(samples).fill(1);
  const weights = feed("weights", { shape: [samples], values });
  const count = g.input("count", { dtype: "float32", shape: [] }, { kind: "data" });
  feeds.set("count", float32([], [samples]));
  const reduced = reduceLosses(g, loss, { losses: perSample, weights, target, count });
  const [gradient] = gradients(g, reduced, [input]);
  const results = interpret(g.build([perSample, reduced, gradient!]), feeds);
  return {
    perSample: [...results[0]!.data],
    value: results[1]!.data[0]!,
    gradient: userValues(results[2]!.data, one.prediction.shape),
  };
}

/** Keras's losses of each sample: over its positions, where it has any, the mean, or the sum if that is asked for. */
function samplesOf({ perSample, prediction, reduction }: Case): readonly number[] {
  const samples = prediction.shape[0]!;
  const positions = perSample.length / samples;
  if (!Number.isInteger(positions)) return [];
  return Array.from({ length: samples }, (_, index) => {
    const own = perSample.slice(index * positions, (index + 1) * positions);
    const sum = own.reduce((total, value) => total + value, 0);
    return reduction === "sum" ? sum : sum / positions;
  });
}

function expectClose(actual: number, expected: number): void {
  // Keras computes in float32; we interpret in float64.
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(expected)));
}

describe("losses", () => {
  it.each(golden.cases)("agree with Keras: $name", (one) => {
    const { perSample, value, gradient } = computed(one);
    expectClose(value, one.value);
    for (const [index, expected] of one.gradient.entries()) expectClose(gradient[index]!, expected);
    for (const [index, expected] of samplesOf(one).entries()) {
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

  it.each(golden.cases)("give the same number when they are reduced outside their graph: $name", (one) => {
    const { perSample } = computed(one);
    const batch = {
      losses: Float32Array.from(perSample),
      weights: one.sampleWeight && Float32Array.from(one.sampleWeight),
      targets: Float32Array.from(one.target.values),
    };
    expectClose(reducedLoss(lossOf(one), batch), one.value);
  });

  it.each([undefined, 0, 1, 255])(
    "take no notice of a row of zeros that fills the batch up, where class %s is ignored",
    (ignoreClass) => {
      const loss = sparseCategoricalCrossentropy({
        fromLogits: true,
        ...(ignoreClass === undefined ? {} : { ignoreClass }),
      });
      const g = new GraphBuilder();
      const [input, target, weights] = [[3], [], []].map((shape, index) =>
        g.input(`v${index}`, { dtype: "float32", shape: ["batch", ...shape] }, { kind: "data" }),
      );
      const count = g.constant(float32([], [2]));
      const losses = loss.perSample(g, input!, target!);
      const reduced = reduceLosses(g, loss, { losses, weights: weights!, target: target!, count });
      const graph = g.build([reduced]);
      const value = (rows: number) =>
        interpret(
          graph,
          new Map([
            ["v0", float32([rows, 3], [1, 2, 0, 0.5, 1, 3, 0, 0, 0].slice(0, 3 * rows))],
            ["v1", float32([rows], [1, 2, 0].slice(0, rows))],
            ["v2", float32([rows], [1, 0.5, 0].slice(0, rows))],
          ]),
        )[0]!.data[0];
      expect(value(3)).toBeCloseTo(value(2)!, 12);
    },
  );

  it("keep their options for a bundle and are made again from them", () => {
    const loss = resolveLoss({ name: "huber", config: { delta: 2, reduction: "sum" } });
    expect(resolveLoss({ name: loss.name, config: loss.config }).config).toEqual({
      delta: 2,
      reduction: "sum",
    });
  });

  it.each([
    ["bce", { reduction: "none" }, "training needs one number"],
    ["bce", { reduction: "summ" }, "Did you mean sum?"],
    ["sparse_categorical_crossentropy", { ignoreClass: 0.5 }, "ignoreClass: expected the number of a class"],
    ["huber", { delta: 0 }, "delta: expected a number above 0"],
    ["binary_focal_crossentropy", { gamma: -1 }, "gamma: expected a number of 0 or more"],
  ])("refuse options that make no sense: %s %o", (name, config, message) => {
    expect(() => resolveLoss({ name, config })).toThrow(message);
  });

  it("refuse a smoothing outside [0, 1)", () => {
    expect(() => resolveLoss({ name: "bce", config: { labelSmoothing: 1 } })).toThrow("labelSmoothing");
  });
});

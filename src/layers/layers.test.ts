import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { interpret } from "../engine/reference/interpret.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Shape } from "../tensor/shape.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { CallContext, type Mode } from "./context.ts";
import {
  add,
  batchNormalization,
  conv2d,
  dense,
  depthwiseConv2D,
  dropout,
  input,
  normalization,
  reshape,
  softmax,
  zeroPadding2D,
} from "./index.ts";
import { makeLayer } from "./kinds.ts";
import type { Layer } from "./layer.ts";
import { permute, toEngineShape, toUserShape } from "./layout.ts";

interface GoldenArray {
  readonly shape: readonly number[];
  readonly float32: string;
}

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly config: object;
  readonly inputs: readonly GoldenArray[];
  readonly weights: readonly GoldenArray[];
  readonly names: readonly string[];
  readonly output: GoldenArray;
}

const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/layers.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Case[] };

function decode({ shape, float32: base64 }: GoldenArray): Tensor<"float32"> {
  return float32(shape, new Float32Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer));
}

const withBatch = (shape: readonly number[]): Shape => ["batch", ...shape.slice(1)];

/** A picture's elements in the engine's order. */
function toEngine({ shape, data }: Tensor<"float32">): Tensor<"float32"> {
  if (shape.length !== 4) return float32(shape, data);
  return float32(toEngineShape(shape).map(Number), permute(data, shape, [0, 3, 1, 2]));
}

/** Runs one layer on inputs in the user's layout; the result is in the user's layout too. */
function run(layer: Layer, inputs: readonly Tensor<"float32">[], mode: Mode = "infer"): Tensor<"float32"> {
  const context = new CallContext(new GraphBuilder(), mode);
  const feeds = new Map<string, Tensor>();
  const values = inputs.map((tensor, index) => {
    feeds.set(`x${index}`, toEngine(tensor));
    const type = { dtype: "float32", shape: toEngineShape(withBatch(tensor.shape)) } as const;
    return context.g.input(`x${index}`, type, { kind: "data" });
  });
  const outputs = context.inside(layer.name, undefined, () => layer.call(context, values));
  for (const [name, parameter] of context.parameters) feeds.set(name, parameter.engineTensor);
  const [result] = interpret(context.g.build(outputs), feeds);
  const { shape } = result!;
  const data = Float32Array.from(result!.data);
  return shape.length === 4
    ? float32(toUserShape(shape).map(Number), permute(data, shape, [0, 2, 3, 1]))
    : float32(shape, data);
}

describe("layers", () => {
  it.each(golden.cases)("compute what Keras's do: $name", (one) => {
    const inputs = one.inputs.map(decode);
    const layer = makeLayer(one.kind, one.config);
    layer.build(inputs.map((tensor) => withBatch(tensor.shape)));
    expect(layer.weights.map((parameter) => parameter.name)).toEqual(one.names);
    const weights = one.weights.map(decode);
    layer.setWeights(weights);
    expect(layer.getWeights()).toEqual(weights);
    const expected = decode(one.output);
    const [shape] = layer.outputShapes(inputs.map((tensor) => withBatch(tensor.shape)));
    expect(shape).toEqual(withBatch(expected.shape));
    const result = run(layer, inputs);
    expect(result.shape).toEqual(expected.shape);
    for (const [index, value] of expected.data.entries()) {
      expect(Math.abs(result.data[index]! - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
    }
  });

  it("can be made again from their configuration", () => {
    for (const { kind, config } of golden.cases) {
      const layer = makeLayer(kind, config);
      const saved: unknown = "config" in layer ? layer.config : undefined;
      const again = makeLayer(kind, JSON.parse(JSON.stringify(saved)) as object);
      expect("config" in again ? again.config : undefined).toEqual(saved);
    }
  });

  it("name the input shape that does not fit, and what to do", () => {
    const film = input({ shape: [8, 7, 7, 576] });
    expect(() => dense({ units: 1 }).apply(film)).toThrow(
      "dense: expected input [batch, features], [batch, steps, features] or [batch, height, width, features], got [batch, 8, 7, 7, 576]. Put flatten() or reshape() before it.",
    );
    expect(() => conv2d({ filters: 1, kernelSize: 3 }).apply(input({ shape: [5] }))).toThrow(
      "conv2d: expected input [batch, height, width, channels], got [batch, 5].",
    );
    expect(() => reshape({ targetShape: [4, -1] }).apply(input({ shape: [6] }))).toThrow(
      "6 elements a sample",
    );
    expect(() => add().apply(film)).toThrow("expected two inputs or more");
  });

  it.each([
    ["units", () => dense({ units: 0 })],
    ["rate", () => dropout({ rate: 1 })],
    ["activation", () => dense({ units: 1, activation: "rleu" })],
    ["padding", () => zeroPadding2D({ padding: -1 })],
    ["groups", () => conv2d({ filters: 4, kernelSize: 1, groups: 3 }).apply(input({ shape: [2, 2, 3] }))],
    ["initializer", () => dense({ units: 1, kernelInitializer: "glorot" })],
    ["mean and variance", () => normalization({ mean: 0 })],
    ["factors", () => dense({ units: 1, kernelRegularizer: { l1: 0, l2: -1 } })],
    ["mode", () => dense({ units: 1, kernelRegularizer: { orthogonal: 1, mode: "row" as "rows" } })],
    [
      "two axes",
      () =>
        conv2d({ filters: 1, kernelSize: 1, kernelRegularizer: "orthogonalRegularizer" }).apply(
          input({ shape: [2, 2, 3] }),
        ),
    ],
    ["axis", () => batchNormalization({ axis: 0 }).apply(input({ shape: [2] }))],
    ["axes", () => softmax({ axis: [0, 1] })],
    ["name", () => dense({ units: 1, name: "a/b" })],
  ])("refuse a wrong %s", (word, make) => {
    expect(make).toThrow(word);
  });

  it("suggest the nearest activation", () => {
    expect(() => dense({ units: 1, activation: "rleu" })).toThrow("Did you mean relu?");
  });
});

describe("dropout", () => {
  it("multiplies by a mask in training and does nothing else", () => {
    const layer = dropout({ rate: 0.25, name: "drop" });
    const context = new CallContext(new GraphBuilder(), "train");
    const x = context.g.input("x", { dtype: "float32", shape: ["batch", 2] }, { kind: "data" });
    const once = context.inside("drop", undefined, () => layer.call(context, [x]))[0]!;
    const twice = context.inside("drop", undefined, () => layer.call(context, [once]))[0]!;
    const roles = context.g.build([twice]).inputs.map(({ source }) => source.kind === "input" && source.role);
    expect(roles).toEqual([
      { kind: "data" },
      { kind: "random", draw: { kind: "dropout", rate: 0.25, layer: "drop" } },
      { kind: "random", draw: { kind: "dropout", rate: 0.25, layer: "drop#1" } },
    ]);
    expect(context.inside("drop", "infer", () => layer.call(context, [x]))[0]).toBe(x);
  });
});

describe("batchNormalization", () => {
  it("keeps to its moving statistics in training when it is frozen", () => {
    const x = float32([2, 1], [0, 2]);
    const layer = batchNormalization({ trainable: false });
    layer.build([["batch", 1]]);
    layer.setWeights([1, 0, 1, 4 - 1e-3].map((value) => float32([1], [value])));
    expect([...run(layer, [x], "train").data]).toEqual([-0.5, 0.5]);
  });

  it("uses the mean and the population variance of its batch when it is trained", () => {
    const layer = batchNormalization({ epsilon: 0 });
    layer.build([["batch", 1]]);
    layer.setWeights([3, 1, 0, 1].map((value) => float32([1], [value])));
    expect([...run(layer, [float32([4, 1], [0, 2, 4, 6])], "train").data]).toEqual(
      [-3, -1, 1, 3].map((value) => expect.closeTo((3 * value) / Math.sqrt(5) + 1, 6)),
    );
  });

  it("moves its statistics once for each call, in the order of the calls, unless it is frozen", () => {
    const layer = batchNormalization({ momentum: 0.5 });
    layer.build([["batch", 1]]);
    layer.setWeights([1, 0, 8, 4].map((value) => float32([1], [value])));
    const moved = (trainable: boolean) => {
      layer.trainable = trainable;
      const g = new GraphBuilder();
      const context = new CallContext(g, "train");
      const x = g.input("x", { dtype: "float32", shape: ["batch", 1] }, { kind: "data" });
      const [y] = context.inside("bn", undefined, () => layer.call(context, [x]));
      context.inside("bn", undefined, () => layer.call(context, [y!]));
      const feeds = new Map([["x", float32([2, 1], [1, 3])]]);
      for (const [path, parameter] of context.parameters) feeds.set(path, parameter.engineTensor);
      const results = interpret(g.build([y!, ...context.updates.values()]), feeds).slice(1);
      return [...context.updates.keys()].map((path, index) => [path, results[index]!.data[0]]);
    };
    // The second call sees mean 0 and variance 1 / 1.001.
    expect(moved(true)).toEqual([
      ["bn/moving_mean", (8 / 2 + 2 / 2) / 2],
      ["bn/moving_variance", expect.closeTo((4 / 2 + 1 / 2) / 2 + 1 / 1.001 / 2, 12)],
    ]);
    expect(moved(false)).toEqual([]);
  });

  it("has two weights to train and two that never are", () => {
    const layer = batchNormalization();
    layer.build([["batch", 4, 4, 3]]);
    const count = () => [layer.trainableWeights.length, layer.nonTrainableWeights.length];
    expect(count()).toEqual([2, 2]);
    layer.trainable = false;
    expect(count()).toEqual([0, 4]);
    layer.trainable = true;
    expect(count()).toEqual([2, 2]);
  });
});

describe("normalization", () => {
  it("learns mean and biased variance of each channel", () => {
    const layer = normalization();
    layer.adapt(float32([3, 2], [1, 10, 2, 10, 6, 10]));
    expect(layer.getWeights().map(({ data }) => [...data])).toEqual([[3, 10], [Math.fround(14 / 3), 0], [0]]);
    expect([...run(layer, [float32([1, 2], [3, 11])]).data]).toEqual([0, 1e7]);
  });
});

describe("weights", () => {
  it("are held in the engine's layout and given in Keras's", () => {
    const layer = depthwiseConv2D({ kernelSize: [1, 2], depthMultiplier: 2, useBias: false });
    layer.build([["batch", 4, 4, 3]]);
    const [kernel] = layer.weights;
    const keras = float32(
      [1, 2, 3, 2],
      Float32Array.from({ length: 12 }, (_, index) => index),
    );
    kernel!.set(keras);
    expect(kernel!.engineShape).toEqual([6, 1, 1, 2]);
    expect([...kernel!.value]).toEqual([0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11]);
    expect(kernel!.get()).toEqual(keras);
  });

  it("have no values before their layer is in a model", () => {
    const layer = dense({ units: 2 });
    layer.build([["batch", 3]]);
    expect(() => layer.getWeights()).toThrow("has no values yet");
  });

  it("refuse values of another shape or number and keep the old ones", () => {
    const layer = dense({ units: 2 });
    layer.build([["batch", 3]]);
    const ones = [float32([3, 2], new Float32Array(6).fill(1)), float32([2], [1, 1])];
    layer.setWeights(ones);
    expect(() => layer.setWeights([float32([3, 2], new Float32Array(6)), float32([3], [0, 0, 0])])).toThrow(
      "dense: weight 1 (bias): expected shape [2], got [3].",
    );
    expect(() => layer.setWeights([])).toThrow("expected 2 weights, got 0");
    expect(layer.getWeights()).toEqual(ones);
  });

  it("stay in their array when they are set again", () => {
    const layer = dense({ units: 1, useBias: false });
    layer.build([["batch", 1]]);
    const memory = new Float32Array(1);
    layer.weights[0]!.value = memory;
    layer.setWeights([float32([1, 1], [5])]);
    expect(memory[0]).toBe(5);
  });
});

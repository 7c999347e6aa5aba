import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpret } from "../engine/reference/interpret.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { verifyGraph } from "../graph/verify.ts";
import {
  add,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePooling2D,
  input,
  normalization,
} from "../layers/index.ts";
import type { Layer } from "../layers/layer.ts";
import { operators } from "../ops/index.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { splitFrozen } from "./cut.ts";
import { Model } from "./functional.ts";
import { Sequential } from "./sequential.ts";

function smallBase(): Model {
  const inputs = input({ shape: [8, 8, 3] });
  let x = conv2d({ filters: 4, kernelSize: 3, padding: "same", name: "low" }).apply(inputs);
  x = batchNormalization({ name: "low_bn" }).apply(x);
  const outputs = conv2d({ filters: 6, kernelSize: 3, activation: "relu", name: "high" }).apply(x);
  return new Model({ inputs, outputs, name: "base" });
}

/** A block with a skip connection whose middle convolution is trained: two frozen values meet it. */
function residual(): { readonly model: Model; readonly skip: string } {
  const inputs = input({ shape: [8, 8, 3], name: "pictures" });
  const frozen = { activation: "relu", trainable: false } as const;
  const skip = conv2d({ filters: 16, kernelSize: 3, name: "expand", ...frozen }).apply(inputs);
  const x = conv2d({ filters: 8, kernelSize: 7, padding: "same", name: "squeeze", ...frozen }).apply(skip);
  const trained = conv2d({ filters: 16, kernelSize: 3, padding: "same", name: "trained" }).apply(x);
  return { model: new Model({ inputs, outputs: add().apply([trained, skip]) }), skip: "expand" };
}

/** Numbers between -1 and 1 by a formula. */
function pictures(count: number, shape: readonly number[]): Tensor<"float32"> {
  const size = shape.reduce((a, b) => a * b, count);
  return float32(
    [count, ...shape],
    Array.from({ length: size }, (_, i) => Math.sin(i * 1.7)),
  );
}

function withHead(base: Layer, ...head: Layer[]): Sequential {
  base.trainable = false;
  return new Sequential({ layers: [base, ...head] });
}

function cutOf(model: Model, mode: "train" | "infer" = "train") {
  const { builder, outputs, parameters } = model.toGraph({ mode });
  const graph = builder.build(outputs);
  return splitFrozen(graph, (name) => parameters.get(name)!.trainable);
}

describe("splitFrozen", () => {
  it("cuts behind the pooling of a frozen base", () => {
    const model = withHead(smallBase(), globalAveragePooling2D(), dense({ units: 1 }));
    const { cut, reason } = cutOf(model);
    expect(reason).toBe(
      "cut at global_average_pooling2d/globalAveragePool2d: 6 numbers a sample [batch, 6, 1, 1]; 24 bytes in place of 14688 multiply-adds.",
    );
    expect(cut[0]!.type.shape).toEqual(["batch", 6, 1, 1]);
  });

  it("leaves a normalization behind the pooling out of the prefix", () => {
    const layers = [globalAveragePooling2D(), normalization(), dense({ units: 1 })];
    expect(cutOf(withHead(smallBase(), ...layers)).cut[0]!.name).toBe(
      "global_average_pooling2d/globalAveragePool2d",
    );
  });

  it("keeps the activation of the last convolution in the prefix", () => {
    const { cut } = cutOf(withHead(smallBase(), flatten(), dense({ units: 1 })));
    expect(cut[0]!.name).toBe("base/high/relu");
  });

  it("cuts at the same place in training and in prediction", () => {
    const model = withHead(smallBase(), flatten(), dropout({ rate: 0.5 }), dense({ units: 1 }));
    expect(cutOf(model, "infer").cut[0]!.name).toBe(cutOf(model, "train").cut[0]!.name);
  });

  it("moves the cut down when the top of the base is trained", () => {
    const base = smallBase();
    const model = withHead(base, flatten(), dense({ units: 1 }));
    base.getLayer("high").trainable = true;
    expect(cutOf(model).cut[0]!.name).toBe("base/low_bn/batchNormInference");
  });

  it("has no prefix when the first layer is trained", () => {
    const base = smallBase();
    const model = withHead(base, flatten(), dense({ units: 1 }));
    base.getLayer("low").trainable = true;
    const { prefix, reason } = cutOf(model);
    expect(prefix).toBeUndefined();
    expect(reason).toBe(
      "no prefix: nothing worth keeping is computed before the first trained weight (base/low/kernel).",
    );
  });

  it("makes all of a model the prefix when nothing is trained", () => {
    const base = smallBase();
    base.trainable = false;
    expect(cutOf(base, "infer").cut[0]!.name).toBe("high/relu");
  });

  it("falls back to the last single value where several frozen values meet trained ones", () => {
    const inputs = input({ shape: [5] });
    const first = dense({ units: 4, name: "first", trainable: false }).apply(inputs);
    const left = dense({ units: 3, name: "left", trainable: false }).apply(first);
    const right = dense({ units: 3, name: "right", trainable: false }).apply(first);
    const outputs = [left, right].map((x, i) => dense({ units: 1, name: `top_${i}` }).apply(x));
    const { cut, reason } = cutOf(new Model({ inputs, outputs }));
    expect(cut.map(({ name }) => name)).toEqual(["first/add"]);
    expect(reason).toBe(
      "cut at first/add: 4 numbers a sample [batch, 4]; 16 bytes in place of 20 multiply-adds; behind it the frozen part " +
        "branches, and computing 24 multiply-adds again is cheaper than 24 bytes for 2 values.",
    );
  });

  it("stores the values around a trained layer together where computing one again costs more", () => {
    const { model, skip } = residual();
    const { cut, reason, prefix, suffix } = cutOf(model);
    expect(cut.map(({ name }) => name)).toEqual([`${skip}/relu`, "squeeze/relu"]);
    expect(reason).toBe(
      "cut at expand/relu: 576 numbers a sample [batch, 16, 6, 6] and squeeze/relu: 288 numbers a sample " +
        "[batch, 8, 6, 6]; 3456 bytes in place of 241344 multiply-adds, stored together as that is cheaper than computing " +
        "one of them again.",
    );
    expect(prefix!.outputs.map(({ type }) => type.shape)).toEqual([["batch", 864]]);
    expect(suffix.inputs[0]).toMatchObject({ name: "/cut", type: { shape: ["batch", 864] } });
    verifyGraph(prefix!);
    verifyGraph(suffix);
  });

  it("gives the same numbers through a row of several values", () => {
    const { builder, outputs, parameters } = residual().model.toGraph({ mode: "infer" });
    const graph = builder.build(outputs);
    const { prefix, suffix } = splitFrozen(graph, (name) => parameters.get(name)!.trainable);
    const feeds = new Map<string, Tensor>(
      [...parameters].map(([name, parameter]) => [name, parameter.engineTensor]),
    );
    feeds.set("pictures", pictures(2, [3, 8, 8]));
    const [row] = interpret(prefix!, feeds);
    expect(interpret(suffix, new Map(feeds).set("/cut", row!))).toEqual(interpret(graph, feeds));
  });

  it("ends the prefix at a dropout, but for a rate of 0 and a call in inference form", () => {
    const cutWith = (rate: number, training?: boolean) => {
      const inputs = input({ shape: [8, 8, 3] });
      const base = smallBase();
      base.trainable = false;
      let x = base.apply(inputs);
      x = dropout({ rate }).apply(x, training === undefined ? {} : { training });
      x = globalAveragePooling2D().apply(x);
      return cutOf(new Model({ inputs, outputs: dense({ units: 1 }).apply(x) })).cut[0]!.name;
    };
    expect(cutWith(0.5)).toBe("base/high/relu");
    expect(cutWith(0)).toBe("global_average_pooling2d/globalAveragePool2d");
    expect(cutWith(0.5, false)).toBe("global_average_pooling2d/globalAveragePool2d");
  });

  it("cuts behind a base that several inputs share", () => {
    const base = smallBase();
    base.trainable = false;
    const inputs = ["left", "right"].map((name) => input({ shape: [8, 8, 3], name }));
    const pooled = inputs.map((one) => globalAveragePooling2D().apply(base.apply(one)));
    const { cut, prefix } = cutOf(
      new Model({ inputs, outputs: dense({ units: 1 }).apply(add().apply(pooled)) }),
    );
    expect(cut.map(({ type }) => type.shape)).toEqual([["batch", 6]]);
    expect(prefix!.inputs.filter(({ name }) => name === "left" || name === "right")).toHaveLength(2);
  });

  it("cuts inside a nested model and behind several outputs", () => {
    const base = smallBase();
    base.trainable = false;
    const inputs = input({ shape: [8, 8, 3] });
    const inner = new Model({
      inputs,
      outputs: globalAveragePooling2D().apply(base.apply(inputs)),
      name: "inner",
    });
    const x = input({ shape: [8, 8, 3], name: "x" });
    const features = inner.apply(x);
    const outputs = [dense({ units: 2 }).apply(features), dense({ units: 3 }).apply(features)];
    expect(cutOf(new Model({ inputs: x, outputs })).cut[0]!.name).toBe(
      "inner/global_average_pooling2d/globalAveragePool2d",
    );
  });

  it("never takes a value that mixes the batch or depends on random numbers", () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "float32", shape: ["batch", 4] }, { kind: "data" });
    const mean = g.apply(operators.reduceMean, [x], { axes: [0], keepDims: true });
    const centred = g.apply(operators.sub, [x, mean], {});
    expect(splitFrozen(g.build([centred]), () => false).prefix).toBeUndefined();
  });
});

/** A random network of matrix products, sums and activations over [batch, 3]; some weights are trained. */
function randomGraph(choices: readonly number[]): {
  readonly graph: Graph;
  readonly feeds: Map<string, Tensor>;
} {
  const g = new GraphBuilder();
  const feeds = new Map<string, Tensor>();
  const feed = (value: Value, shape: readonly number[]): Value => {
    const size = shape.reduce((a, b) => a * b, 1);
    feeds.set(
      value.name,
      float32(
        shape,
        Array.from({ length: size }, (_, i) => Math.sin(i + feeds.size)),
      ),
    );
    return value;
  };
  const type = (shape: readonly (number | "batch")[]) => ({ dtype: "float32", shape }) as const;
  const values = [feed(g.input("x", type(["batch", 3]), { kind: "data" }), [2, 3])];
  for (const [index, choice] of choices.entries()) {
    const pick = (offset: number) => values[(choice * 7 + offset * 13) % values.length]!;
    const parameter = `${choice === 7 ? "trained" : "frozen"}_${index}`;
    const weight = (rows = 3, columns = 3, name = parameter) =>
      feed(g.input(name, type([rows, columns]), { kind: "parameter", parameter: name }), [rows, columns]);
    const product = (x: Value, by: Value) => g.apply(operators.matMul, [x, by], {});
    // Dear enough that a row of several values is cheaper than computing it again.
    const wide = () => product(product(pick(0), weight(3, 300)), weight(300, 3, `${parameter}_back`));
    const draw = { kind: "dropout", rate: 0.5, layer: `layer_${index}` } as const;
    const mask = () => feed(g.input(`mask_${index}`, type(["batch", 3]), { kind: "random", draw }), [2, 3]);
    values.push(
      choice < 12
        ? choice % 2 === 0
          ? wide()
          : product(pick(0), weight())
        : choice < 16
          ? g.apply(operators.tanh, [pick(1)], {})
          : choice < 19
            ? g.apply(operators.add, [pick(0), pick(2)], {})
            : g.apply(operators.mul, [pick(0), mask()], {}),
    );
  }
  return { graph: g.build(values.slice(-2)), feeds };
}

describe("splitFrozen on random graphs", () => {
  it("computes the same in two parts, and trained weights and random numbers stay behind the cut", () => {
    let split = 0;
    let together = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(19), { minLength: 1, maxLength: 12 }), (choices) => {
        const { graph, feeds } = randomGraph(choices);
        const whole = interpret(graph, feeds);
        const { prefix, suffix, cut } = splitFrozen(graph, (name) => name.startsWith("trained"));
        if (prefix === undefined) {
          expect(suffix).toBe(graph);
          return;
        }
        split++;
        if (cut.length > 1) together++;
        for (const { name } of prefix.inputs) expect(name).not.toMatch(/^(trained|mask)/);
        expect(suffix.inputs.map((one) => one.name)).not.toContain("x");
        const [features] = interpret(prefix, feeds);
        const withFeatures = new Map(feeds);
        withFeatures.set(cut.length > 1 ? "/cut" : cut[0]!.name, features! as Tensor);
        expect(interpret(suffix, withFeatures).map((one) => [...one.data])).toEqual(
          whole.map((one) => [...one.data]),
        );
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(split).toBeGreaterThan(100);
    expect(together).toBeGreaterThan(20);
  });
});

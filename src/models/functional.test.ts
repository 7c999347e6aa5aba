import { describe, expect, it } from "vitest";
import { interpret } from "../engine/reference/interpret.ts";
import {
  activation,
  add,
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  input,
  relu,
  reshape,
} from "../layers/index.ts";
import type { Layer, SymbolicTensor } from "../layers/layer.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { Model } from "./functional.ts";
import { Sequential } from "./sequential.ts";

function named(layers: readonly Layer[]): string[] {
  return layers.map((layer) => layer.name);
}

/** The forward pass of a model on one input in the reference interpreter. */
function run(model: Model, x: Tensor<"float32">, mode: "train" | "infer" = "infer"): number[] {
  const { builder, inputs, outputs, parameters } = model.toGraph({ mode });
  const feeds = new Map<string, Tensor>([[inputs[0]!.name, x]]);
  for (const [name, parameter] of parameters) feeds.set(name, parameter.engineTensor);
  return [...interpret(builder.build(outputs), feeds)[0]!.data];
}

/** Two layers of convolution and a BatchNormalization: six weights, two of them statistics. */
function smallBase(name = "base"): Model {
  const inputs = input({ shape: [4, 4, 2] });
  let x = conv2d({ filters: 3, kernelSize: 3, name: "c1" }).apply(inputs);
  x = batchNormalization({ name: "bn" }).apply(x);
  const outputs = conv2d({ filters: 2, kernelSize: 1, useBias: false, name: "c2" }).apply(x);
  return new Model({ inputs, outputs, name });
}

function withHead(base: Model): Sequential {
  return new Sequential({ layers: [base, flatten(), dense({ units: 4 }), dense({ units: 1 })] });
}

const counts = (model: Layer) => [model.trainableWeights.length, model.nonTrainableWeights.length];

describe("Model", () => {
  it("orders layers by depth, as Keras orders a block of ResNet50", () => {
    const inputs = input({ shape: [4, 4, 2], name: "input_layer" });
    const block = (x: SymbolicTensor, name: string, after?: string) => {
      const conv = conv2d({ filters: 2, kernelSize: 1, name: `${name}_conv` }).apply(x);
      const bn = batchNormalization({ name: `${name}_bn` }).apply(conv);
      return after === undefined
        ? bn
        : activation({ activation: "relu", name: `${name}_${after}` }).apply(bn);
    };
    const shortcut = block(inputs, "0");
    const main = block(block(block(inputs, "1", "relu"), "2", "relu"), "3");
    const outputs = relu({ name: "out" }).apply(add({ name: "add" }).apply([shortcut, main]));
    expect(named(new Model({ inputs, outputs }).layers).join(" ")).toBe(
      "input_layer 1_conv 1_bn 1_relu 2_conv 2_bn 2_relu 0_conv 3_conv 0_bn 3_bn add out",
    );
  });

  it("gives automatic names for itself, in the order of use", () => {
    const head = () =>
      new Sequential({ layers: [dense({ units: 2, inputShape: [3] }), dense({ units: 1 })] });
    expect(named(head().layers)).toEqual(["dense", "dense_1"]);
    // Another model counts from the start: there is no state outside the model.
    expect(named(head().layers)).toEqual(["dense", "dense_1"]);
  });

  it("passes over names that were given", () => {
    const layers = [
      dense({ units: 2, inputShape: [3] }),
      dense({ units: 2, name: "dense_1" }),
      dense({ units: 1 }),
    ];
    expect(named(new Sequential({ layers }).layers)).toEqual(["dense", "dense_1", "dense_2"]);
  });

  it("refuses two layers of the same name", () => {
    const layers = [dense({ units: 2, name: "a" }), dense({ units: 2, name: "a" })];
    expect(() => new Sequential({ layers })).toThrow('two layers are named "a"');
  });

  it("refuses outputs that need another input", () => {
    const [a, b] = [input({ shape: [2], name: "a" }), input({ shape: [2], name: "b" })];
    const outputs = add().apply([a, b]);
    expect(() => new Model({ inputs: a, outputs })).toThrow('need the input "b"');
    expect(new Model({ inputs: [a, b], outputs }).outputShape).toEqual(["batch", 2]);
  });

  it("starts inside another network when its input is a tensor of it", () => {
    const model = smallBase();
    const middle = model.getLayer("bn");
    const bn = model.topology.calls.find((call) => call.layer === middle)!;
    const top = new Model({ inputs: bn.inputs, outputs: model.outputs });
    expect(top.topology.calls.map((call) => call.layer.name)).toEqual(["bn", "c2"]);
  });

  it("computes a shared layer twice with one weight", () => {
    const shared = dense({ units: 3, useBias: false, name: "shared" });
    const inputs = input({ shape: [3] });
    const model = new Model({ inputs, outputs: shared.apply(shared.apply(inputs)) });
    expect(model.countParams()).toBe(9);
    expect([...model.toGraph({ mode: "infer" }).parameters.keys()]).toEqual(["shared/kernel"]);
    model.setWeights([float32([3, 3], [0, 1, 0, 0, 0, 1, 1, 0, 0])]);
    expect(run(model, float32([1, 3], [1, 2, 3]))).toEqual([2, 3, 1]);
  });

  it("names the weights of nested models by their path", () => {
    const model = withHead(smallBase("inner"));
    expect([...model.namedParameters().keys()]).toEqual([
      "inner/c1/kernel",
      "inner/c1/bias",
      "inner/bn/gamma",
      "inner/bn/beta",
      "inner/bn/moving_mean",
      "inner/bn/moving_variance",
      "inner/c2/kernel",
      "dense/kernel",
      "dense/bias",
      "dense_1/kernel",
      "dense_1/bias",
    ]);
    expect([...model.toGraph({ mode: "infer" }).parameters.keys()]).toEqual([
      ...model.namedParameters().keys(),
    ]);
  });

  it("draws the same first weights for the same seed and others for another", () => {
    const head = (seed: number) => new Sequential({ seed, layers: [dense({ units: 2, inputShape: [3] })] });
    expect(head(1).getWeights()).toEqual(head(1).getWeights());
    expect(head(1).getWeights()).not.toEqual(head(2).getWeights());
  });

  it("flattens pictures in Keras's order", () => {
    const model = new Sequential({ layers: [flatten({ inputShape: [2, 2, 2] })] });
    // The engine's order: channel 0 holds 1 3 5 7, channel 1 holds 2 4 6 8.
    expect(run(model, float32([1, 2, 2, 2], [1, 3, 5, 7, 2, 4, 6, 8]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("finds layers by name and by place", () => {
    const model = smallBase();
    expect(model.getLayer("bn")).toBe(model.getLayer(-2));
    expect(() => model.getLayer("bm")).toThrow("Its layers: input_layer, c1, bn, c2");
  });

  it("keeps a network called with training false in inference form", () => {
    const inputs = input({ shape: [3] });
    const inner = new Sequential({ name: "inner", layers: [dropout({ rate: 0.5, inputShape: [3] })] });
    const frozen = new Model({ inputs, outputs: inner.apply(inputs, { training: false }) });
    expect(run(frozen, float32([1, 3], [1, 2, 3]), "train")).toEqual([1, 2, 3]);
  });
});

describe("trainable", () => {
  it("counts as Keras counts: nested base, frozen, and its top thawed", () => {
    const base = smallBase();
    const model = withHead(base);
    expect(counts(model)).toEqual([9, 2]);
    base.trainable = false;
    expect(counts(base)).toEqual([0, 7]);
    expect(counts(model)).toEqual([4, 7]);
    base.trainable = true;
    for (const layer of base.layers.slice(0, -1)) layer.trainable = false;
    expect(counts(base)).toEqual([1, 6]);
    expect(counts(model)).toEqual([5, 6]);
  });

  it("of a layer inside a frozen base counts for the model around it (Keras 3)", () => {
    const base = smallBase();
    const model = withHead(base);
    base.trainable = false;
    base.getLayer("c2").trainable = true;
    expect(counts(base)).toEqual([0, 7]);
    expect(counts(model)).toEqual([5, 6]);
  });

  it("false on the whole model freezes everything, and statistics are never trained", () => {
    const model = withHead(smallBase());
    model.trainable = false;
    expect(counts(model)).toEqual([0, 11]);
    model.trainable = true;
    expect(counts(model)).toEqual([9, 2]);
  });

  it("does not change the order of the weights", () => {
    const model = withHead(smallBase());
    const before = model.weights;
    model.layers[0]!.trainable = false;
    expect(model.weights).toEqual(before);
  });

  it("can be false from the start, before the weights exist", () => {
    const model = new Sequential({ layers: [dense({ units: 2, trainable: false }), dense({ units: 1 })] });
    model.build([["batch", 3]]);
    expect(counts(model)).toEqual([2, 2]);
  });
});

describe("Sequential", () => {
  it("has no weights until it knows its input", () => {
    const model = new Sequential({ layers: [dense({ units: 2 })] });
    expect(model.weights).toEqual([]);
    expect(() => model.toGraph({ mode: "infer" })).toThrow("the input shape is not known yet");
    model.build([["batch", 3]]);
    expect(model.countParams()).toBe(8);
    expect(() => model.build([["batch", 4]])).toThrow("expected input [batch, 3], got [batch, 4]");
  });

  it("is the book's head with the book's number of weights", () => {
    const layers = [
      dense({ units: 256, activation: "relu", inputShape: [8192] }),
      dropout({ rate: 0.5 }),
      dense({ units: 1, activation: "sigmoid" }),
    ];
    expect(new Sequential({ layers }).countParams()).toBe(2_097_665);
  });

  it("takes its last layer off", () => {
    const model = withHead(smallBase());
    expect(model.pop().name).toBe("dense_1");
    expect(model.outputShape).toEqual(["batch", 4]);
    model.add(dense({ units: 7 }));
    expect(named(model.layers)).toEqual(["base", "flatten", "dense", "dense_1"]);
    for (let left = 4; left > 0; left--) model.pop();
    expect(() => model.pop()).toThrow("no layer to take off");
  });

  it("stays as it was when a layer does not fit", () => {
    const model = new Sequential({ layers: [smallBase()] });
    expect(() => model.add(reshape({ targetShape: [3, 5] }))).toThrow("reshape: ");
    expect(named(model.layers)).toEqual(["base"]);
    model.add(flatten());
    expect(model.outputShape).toEqual(["batch", 8]);
  });

  it("refuses the same layer twice", () => {
    const layer = relu();
    expect(() => new Sequential({ layers: [layer, layer] })).toThrow("is in it already");
  });

  it("takes a whole model as a layer and keeps its name", () => {
    const inner = new Sequential({ layers: [dense({ units: 2, inputShape: [3] })] });
    const other = new Sequential({ layers: [dense({ units: 1, inputShape: [2] })] });
    expect(named(new Sequential({ layers: [inner, other] }).layers)).toEqual(["sequential", "sequential_1"]);
  });
});

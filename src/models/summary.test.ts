import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  batchNormalization,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAveragePooling2D,
  input,
  multiply,
} from "../layers/index.ts";
import { Model } from "./functional.ts";
import { Sequential } from "./sequential.ts";

interface Golden {
  readonly cases: readonly { readonly name: string; readonly text: string }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/summary.json", import.meta.url), "utf8"),
) as Golden;

function base(): Model {
  const inputs = input({ shape: [24, 20, 3], name: "input_layer" });
  const x = conv2d({ filters: 8, kernelSize: 3, padding: "same", activation: "relu", name: "block1_conv1" });
  const outputs = batchNormalization({ name: "block1_bn" }).apply(x.apply(inputs));
  return new Model({ inputs, outputs, name: "base" });
}

function baseAndHead(trainable: boolean): Model {
  const convBase = base();
  convBase.trainable = trainable;
  const layers = [convBase, flatten(), dense({ units: 256, activation: "relu" }), dense({ units: 1 })];
  return new Sequential({ name: "sequential_1", layers });
}

function branches(): Model {
  const inputs = input({ shape: [16, 16, 3] });
  const name = "a_rather_long_name_of_a_convolution";
  const x = conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: "same", useBias: false, name }).apply(
    inputs,
  );
  const pooled = globalAveragePooling2D({ keepdims: true, name: "pool" }).apply(x);
  const gate = conv2d({ filters: 4, kernelSize: 1, activation: "hard_sigmoid", name: "gate" }).apply(pooled);
  const flat = flatten().apply(multiply().apply([x, gate]));
  return new Model({ inputs, outputs: dense({ units: 3, activation: "softmax" }).apply(flat) });
}

const models: Readonly<Record<string, () => Model>> = {
  bookHead: () =>
    new Sequential({
      layers: [
        dense({ units: 256, activation: "relu", inputShape: [8192] }),
        dropout({ rate: 0.5 }),
        dense({ units: 1, activation: "sigmoid" }),
      ],
    }),
  base,
  baseAndHead: () => baseAndHead(true),
  frozenBaseAndHead: () => baseAndHead(false),
  branches,
  unbuilt: () => new Sequential({ name: "sequential_2", layers: [dense({ units: 4 }), dense({ units: 2 })] }),
};

describe("summary", () => {
  it.each(golden.cases)("prints what Keras prints: $name", ({ name, text }) => {
    expect(models[name]!().summary()).toBe(text.trimEnd());
  });

  it("adds what the optimizer keeps to the total", () => {
    const model = new Sequential({ layers: [dense({ units: 1, inputShape: [3] })] });
    expect(model.summary({ optimizerParams: 6 }).split("\n").slice(-4)).toEqual([
      " Total params: 10 (40.00 B)",
      " Trainable params: 4 (16.00 B)",
      " Non-trainable params: 0 (0.00 B)",
      " Optimizer params: 6 (24.00 B)",
    ]);
  });
});

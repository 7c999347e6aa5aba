import { describe, expect, test } from "vitest";
import type { JsonRecord } from "../formats/json.ts";
import { conv2d, globalAveragePooling2D, input } from "../layers/index.ts";
import { Model } from "../models/functional.ts";
import { readModel } from "./readModel.ts";
import { writeModel } from "./writeModel.ts";

const options = { path: "a.keras", kerasVersion: "3.15.1" };

const start = { class_name: "InputLayer", config: { name: "x", batch_shape: [null, 4, 4, 3] } };

/** A stack of an input and one layer. */
const stackOf = (kind: string, config: JsonRecord, more: JsonRecord = {}): JsonRecord => ({
  class_name: "Sequential",
  config: { name: "s", layers: [start, { class_name: kind, config: { name: "one", ...config }, ...more }] },
});

const conv = { filters: 2, kernel_size: [3, 3] };

describe("configurations that are refused", () => {
  test.each([
    ["Lambda", {}, {}, "a.keras: layer one (Lambda): a Lambda layer holds Python code"],
    ["MultiHeadAttention", {}, {}, 'the class "MultiHeadAttention" is not supported'],
    ["Conv2D", { ...conv, data_format: "channels_first" }, {}, "layer one (Conv2D): option data_format"],
    ["Conv2D", { ...conv, dtype: "float64" }, {}, "option dtype"],
    [
      "Conv2D",
      { ...conv, activation: "my_activation" },
      {},
      'option activation = "my_activation" is not supported',
    ],
    ["Conv2D", { ...conv, lora_rank: 4 }, {}, "option lora_rank = 4 is not supported"],
    ["Conv2D", { ...conv, filters: "many" }, {}, "layer one (Conv2D): its options do not fit"],
    ["Conv2D", { ...conv, kernel_size: { a: 1 } }, {}, "its options do not fit"],
    [
      "Conv2D",
      { ...conv, kernel_regularizer: { class_name: "Mine", config: {} } },
      {},
      "option kernel_regularizer",
    ],
    ["BatchNormalization", { axis: 1 }, {}, "option axis = 1: only the last axis"],
    ["Dense", { units: 2 }, { module: "my_package.layers" }, "it is from my_package.layers"],
    ["Dense", { units: 2 }, { registered_name: "mine>Dense" }, "mine>Dense is a class of its author's"],
  ])("%s %j %j", (kind, config, more, message) => {
    expect(() => readModel(stackOf(kind, config, more), options)).toThrow(message);
  });

  test("hard_sigmoid of a version whose hard_sigmoid was another", () => {
    const config = stackOf("Activation", { activation: "hard_sigmoid" });
    expect(() => readModel(config, { ...options, kerasVersion: "2.11.0" })).toThrow("hard_sigmoid");
    expect(readModel(config, options).layers.map(({ kind }) => kind)).toEqual(["Activation"]);
  });

  test("more weights than the file has", () => {
    const config = stackOf("Conv2D", { ...conv, filters: 2 ** 30 });
    expect(() => readModel(config, { ...options, maxWeights: 1000 })).toThrow("all of a.keras has 1000");
  });

  test("layers that wait for each other, and tensors that are not there", () => {
    const layer = (name: string, from: string) => ({
      class_name: "ReLU",
      config: {},
      name,
      inbound_nodes: [[[from, 0, 0, {}]]],
    });
    const model = (layers: readonly object[]) => ({
      class_name: "Functional",
      config: { name: "f", layers, input_layers: [["x", 0, 0]], output_layers: [["b", 0, 0]] },
    });
    const from = { ...start, name: "x", inbound_nodes: [] };
    expect(() => readModel(model([from, layer("a", "b"), layer("b", "a")]), options)).toThrow(
      "only computed from it",
    );
    expect(() => readModel(model([from, layer("b", "c")]), options)).toThrow(
      'the layer "c" is used but not there',
    );
    expect(
      readModel(model([layer("b", "a"), layer("a", "x"), from]), options).layers.map(({ name }) => name),
    ).toEqual(["x", "a", "b"]);
  });

  test("sizes that are left open, unless one is given", () => {
    const config = {
      class_name: "Sequential",
      config: [
        { class_name: "Conv2D", config: { ...conv, name: "c", batch_input_shape: [null, null, null, 3] } },
      ],
    };
    expect(() => readModel(config, options)).toThrow("say which size with inputShape");
    expect(readModel(config, { ...options, inputShape: [8, 9, 3] }).outputShape).toEqual(["batch", 6, 7, 2]);
  });
});

describe("configurations that are written", () => {
  test("are read to the same layers", () => {
    const x = input({ shape: [8, 8, 3], name: "x" });
    const inside = new Model({
      inputs: x,
      outputs: conv2d({ filters: 2, kernelSize: 3 }).apply(x),
      name: "inside",
    });
    inside.trainable = false;
    const y = input({ shape: [8, 8, 3], name: "y" });
    const outputs = globalAveragePooling2D().apply(inside.apply(y, { training: false }));
    const model = new Model({ inputs: y, outputs, name: "outside" });
    const again = readModel(JSON.parse(JSON.stringify(writeModel(model))), options);
    expect(again.summary()).toBe(model.summary());
    expect(writeModel(again)).toEqual(writeModel(model));
    expect(again.trainableWeights).toEqual([]);
  });

  test("of a layer that Keras has not are refused", () => {
    const x = input({ shape: [4] });
    const shared = conv2d({ filters: 2, kernelSize: 1, activation: "geluTanh" });
    const y = input({ shape: [4, 4, 2] });
    expect(() => writeModel(new Model({ inputs: y, outputs: shared.apply(y) }))).toThrow("geluTanh");
    expect(x.shape).toEqual(["batch", 4]);
  });
});

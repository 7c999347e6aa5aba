import { afterEach, describe, expect, it } from "vitest";
import { Model } from "../../src/keras/networks.ts";
import { add, conv2d, dense, globalAveragePooling2D, input } from "../../src/layers/index.ts";
import { type OptimizerConfig, resolveOptimizer } from "../../src/optimizers/index.ts";
import { float32, type Tensor } from "../../src/tensor/tensor.ts";
import type { CompileOptions } from "../../src/training/compiled/compile.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";

interface Case {
  readonly name: string;
  readonly loss: CompileOptions["loss"];
  readonly loss_weights?: readonly number[] | Readonly<Record<string, number>>;
  readonly metrics: NonNullable<CompileOptions["metrics"]>;
  readonly optimizer: { readonly name: string; readonly [option: string]: number | string };
  readonly frozen?: readonly string[];
  readonly regularized?: boolean;
  readonly outputs?: readonly ("kind" | "value")[];
  readonly sample_weight: boolean;
  readonly class_weight?: Readonly<Record<number, number>>;
  readonly steps: readonly Readonly<Record<string, number>>[];
  readonly paths: readonly string[];
  readonly final: readonly GoldenArray[];
}

const golden = goldenFile<{
  readonly batchSize: number;
  readonly data: {
    readonly photo: GoldenArray;
    readonly facts: GoldenArray;
    readonly kind: readonly number[];
    readonly value: GoldenArray;
    readonly kindWeights: GoldenArray;
    readonly valueWeights: GoldenArray;
  };
  readonly initial: Readonly<Record<string, GoldenArray>>;
  readonly cases: readonly Case[];
  readonly fit: Readonly<Record<string, readonly number[]>>;
  readonly unevenFit: Readonly<Record<string, readonly number[]>>;
}>("functional");

const data = {
  photo: decodeArray(golden.data.photo),
  facts: decodeArray(golden.data.facts),
  kind: golden.data.kind,
  value: decodeArray(golden.data.value),
  kindWeights: decodeArray(golden.data.kindWeights).data,
  valueWeights: decodeArray(golden.data.valueWeights).data,
};

const open: Model[] = [];

afterEach(async () => {
  for (const model of open.splice(0)) await model.close();
});

/** The network of test/golden/functional.py. */
function network(one: Pick<Case, "frozen" | "regularized" | "outputs"> = {}): Model {
  const isTrainable = (name: string) => !(one.frozen ?? []).includes(name);
  const photo = input({ shape: [6, 5, 2], name: "photo" });
  const facts = input({ shape: [4], name: "facts" });
  const stem = conv2d({
    filters: 3,
    kernelSize: 3,
    padding: "same",
    activation: "relu",
    name: "stem",
    trainable: isTrainable("stem"),
  });
  const shared = dense({ units: 6, activation: "tanh", name: "shared", trainable: isTrainable("shared") });
  const factsIn = dense({ units: 3, activation: "relu", name: "facts_in" });
  const seen = shared.apply(globalAveragePooling2D().apply(stem.apply(photo)));
  const both = add().apply([seen, shared.apply(factsIn.apply(facts))]);
  const regularizer = one.regularized ? { kernelRegularizer: { l1: 0, l2: 0.02 } } : {};
  const outputs = {
    kind: dense({ units: 3, activation: "softmax", name: "kind", ...regularizer }).apply(both),
    value: dense({ units: 2, name: "value" }).apply(both),
  };
  const model = new Model({
    inputs: [photo, facts],
    outputs: (one.outputs ?? ["kind", "value"]).map((name) => outputs[name]),
  });
  for (const [path, parameter] of model.namedParameters()) parameter.set(decodeArray(golden.initial[path]!));
  open.push(model);
  return model;
}

function compiled(one: Case): Model {
  const model = network(one);
  const { name, ...options } = one.optimizer;
  const camel = Object.entries(options).map(([key, value]) => [
    key.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  model.compile({
    optimizer: resolveOptimizer({ kind: name, config: Object.fromEntries(camel) } as OptimizerConfig),
    loss: one.loss,
    metrics: one.metrics,
    ...(one.loss_weights === undefined ? {} : { lossWeights: one.loss_weights }),
  });
  return model;
}

function rows({ shape, data: values }: Tensor<"float32">, from: number, count: number): Tensor<"float32"> {
  const size = values.length / shape[0]!;
  return float32([count, ...shape.slice(1)], values.slice(from * size, (from + count) * size));
}

/** What step k of a case takes. */
function batchOf(one: Case, step: number) {
  const count = golden.batchSize;
  const from = count * (step % 4);
  const targets = {
    kind: data.kind.slice(from, from + count),
    value: rows(data.value, from, count),
  };
  const weights = {
    kind: data.kindWeights.slice(from, from + count),
    value: data.valueWeights.slice(from, from + count),
  };
  return {
    x: { photo: rows(data.photo, from, count), facts: rows(data.facts, from, count) },
    y: one.outputs === undefined ? targets : targets.kind,
    options: {
      ...(one.sample_weight ? { sampleWeight: weights } : {}),
      ...(one.class_weight === undefined ? {} : { classWeight: one.class_weight }),
    },
  };
}

describe("28 steps of two inputs and two outputs agree with real Keras", () => {
  it.each(golden.cases.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const model = compiled(one);
    for (const [step, expected] of one.steps.entries()) {
      const { x, y, options } = batchOf(one, step);
      const logs = await model.trainOnBatch(x, y, options);
      expect(Object.keys(logs)).toEqual(Object.keys(expected));
      for (const [key, value] of Object.entries(expected)) {
        expect(Math.abs(logs[key]! - value), `step ${step}, ${key}`).toBeLessThan(
          1e-4 * Math.abs(value) + 1e-7,
        );
      }
    }
    const parameters = model.namedParameters();
    expect([...parameters.keys()].sort()).toEqual([...one.paths].sort());
    for (const [index, path] of one.paths.entries()) {
      const start = decodeArray(golden.initial[path]!).data;
      const expected = decodeArray(one.final[index]!).data;
      const got = parameters.get(path)!.get().data;
      const moved = Math.hypot(...expected.map((value, i) => value - start[i]!));
      const distance = Math.hypot(...expected.map((value, i) => value - got[i]!));
      expect(distance, path).toBeLessThanOrEqual(1e-4 * moved);
    }
  });
});

describe("fit with two inputs and two outputs", () => {
  const weighted = golden.cases.find(({ name }) => name === "lossAndSampleWeights")!;
  const frozen = golden.cases.find(({ name }) => name === "frozenBlock")!;
  const x = [data.photo, data.facts];
  const y = [data.kind, data.value] as const;

  it.each([
    ["even", 7, golden.fit],
    ["uneven", 5, golden.unevenFit],
  ] as const)(
    "has the history of real Keras with %s batches, validation split and frequency included",
    async (_, batchSize, expected) => {
      const { history } = await compiled(weighted).fit(x, y, {
        sampleWeight: [data.kindWeights, data.valueWeights],
        batchSize,
        epochs: 4,
        shuffle: false,
        validationSplit: 0.3,
        validationFreq: 2,
        verbose: 0,
        store: false,
      });
      expect(Object.keys(history)).toEqual(Object.keys(expected));
      for (const [key, values] of Object.entries(expected)) {
        expect(history[key]).toHaveLength(values.length);
        for (const [epoch, value] of values.entries()) {
          expect(history[key]![epoch], `${key} of epoch ${epoch}`).toBeCloseTo(value, 4);
        }
      }
    },
  );

  it("has the same bits with the frozen part computed once, its frontier of several values stored together", async () => {
    const run = async (oncePerSample: boolean) => {
      const model = compiled(frozen);
      const options = { epochs: 3, batchSize: 6, verbose: 0, validationSplit: 0.2 } as const;
      const { history } = await model.fit(x, y, { ...options, store: false, oncePerSample });
      return { history, weights: model.getWeights() };
    };
    expect(await run(true)).toEqual(await run(false));
  });

  it("takes lists and dictionaries for the same", async () => {
    const run = async (samples: typeof x | object, targets: typeof y | object) => {
      const { history } = await compiled(weighted).fit(samples as typeof x, targets as typeof y, {
        verbose: 0,
        store: false,
      });
      return history;
    };
    const asLists = await run(x, y);
    expect(
      await run({ facts: data.facts, photo: data.photo }, { value: data.value, kind: data.kind }),
    ).toEqual(asLists);
  });

  it("measures and predicts each output by its name", async () => {
    const model = compiled(weighted);
    const logs = await model.evaluate(x, y);
    expect(Object.keys(logs)).toEqual(["kind_acc", "kind_loss", "loss", "value_loss"]);
    expect(logs["loss"]).toBeCloseTo(logs["kind_loss"]! + 0.3 * logs["value_loss"]!, 5);
    const predictions = await model.predictAll(x);
    expect(Object.keys(predictions)).toEqual(["kind", "value"]);
    expect(predictions["kind"]!.shape).toEqual([20, 3]);
    const error = predictions["value"]!.data.map((value, index) => (value - data.value.data[index]!) ** 2);
    expect(logs["value_loss"]).toBeCloseTo(error.reduce((sum, each) => sum + each) / error.length, 5);
    await expect(model.predict(x)).rejects.toThrow(/2 outputs \(kind, value\)\. Use predictAll/);
  });

  it("goes on with the optimizer's memory from batch to batch and on to fit", async () => {
    const byBatches = compiled(weighted);
    const atOnce = compiled(weighted);
    const options = { batchSize: 20, shuffle: false, verbose: 0, store: false } as const;
    await atOnce.fit(x, y, { ...options, epochs: 3 });
    await byBatches.trainOnBatch(x, y);
    await byBatches.trainOnBatch(x, y);
    await byBatches.fit(x, y, options);
    expect(byBatches.getWeights()).toEqual(atOnce.getWeights());
  });

  it("gathers metrics over batches when told so, and takes weights that were set between", async () => {
    const model = compiled(weighted);
    const first = await model.testOnBatch(x, y);
    const start = model.getWeights();
    await model.trainOnBatch(x, y);
    const second = await model.testOnBatch(x, y, { resetMetrics: false });
    expect(second["loss"]!).not.toBeCloseTo(first["loss"]!, 4);
    model.setWeights(start);
    const trained = await model.trainOnBatch(x, y);
    expect(trained["loss"]).toBeCloseTo(first["loss"]!, 5);
  });
});

describe("data that do not fit several inputs and outputs", () => {
  const weighted = golden.cases.find(({ name }) => name === "lossAndSampleWeights")!;
  const { photo, facts } = data;
  const y = { kind: data.kind, value: data.value };

  it.each([
    ["one array for two inputs", photo, y, /expected samples for 2 inputs \(photo, facts\), got one array/],
    ["an input that is missing", { photo }, y, /expected samples for input "facts", got none/],
    ["an input that is none", { photo, fact: facts }, y, /no input "fact"\. Did you mean facts\?/],
    [
      "inputs in the wrong order",
      [facts, photo],
      y,
      /input "photo": expected samples of shape \[6, 5, 2\], got \[4\]/,
    ],
    [
      "inputs of different lengths",
      [photo, rows(facts, 0, 7)],
      y,
      /as many samples for every input, got 20 .* and 7/,
    ],
    ["one array for two outputs", [photo, facts], data.kind, /expected one for each of the 2 outputs/],
    [
      "targets of one output missing",
      [photo, facts],
      { kind: data.kind },
      /output "value" has a loss or metrics, but got no targets/,
    ],
    ["an output that is none", [photo, facts], { ...y, vale: 1 }, /no output "vale"\. Did you mean value\?/],
    [
      "targets of another shape",
      [photo, facts],
      { ...y, value: data.kind },
      /output "value": targets: .*2 outputs/,
    ],
    [
      "labels out of range",
      [photo, facts],
      { ...y, kind: data.kind.map((k) => k + 1) },
      /output "kind": targets: .*0 to 2, got 3/,
    ],
  ])("%s is named", async (_, x, targets, message) => {
    const model = compiled(weighted);
    await expect(model.fit(x as typeof photo, targets as object as number[], { verbose: 0 })).rejects.toThrow(
      message,
    );
  });

  it.each([
    [
      "a loss for one output only",
      { loss: { kind: "mse" } },
      /expected one for output "value", got none.*Give null/,
    ],
    ["no loss at all", { loss: [null, null] }, /expected one for at least one output/],
    ["a loss of an unknown output", { loss: { kind: "mse", other: "mse" } }, /no output "other"/],
    [
      "too many losses",
      { loss: ["mse", "mse", "mse"] },
      /one for each of the 2 outputs \(kind, value\), got a list of 3/,
    ],
    [
      "a weight that is none",
      { loss: "mse", lossWeights: [1, Number.NaN] },
      /finite number for output "value"/,
    ],
    [
      "one list of metrics for two outputs",
      { loss: "mse", metrics: ["acc"] },
      /metrics: expected one for each of the 2/,
    ],
  ])("compile refuses %s", (_, options, message) => {
    expect(() => network().compile(options as CompileOptions)).toThrow(message);
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { Model } from "../../src/keras/networks.ts";
import { float32, type Tensor } from "../../src/tensor/tensor.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";
import { kerasCompileOptions, kerasNetwork, type NetworkCase } from "../support/kerasNetworks.ts";

interface Trajectory {
  readonly name: string;
  readonly keys: readonly string[];
  readonly steps: readonly (readonly number[])[];
  readonly test: Readonly<Record<string, number>>;
  readonly activations: Readonly<Record<string, readonly number[]>>;
  readonly initial: readonly GoldenArray[];
  readonly final: readonly GoldenArray[];
}

const networks = goldenFile<readonly NetworkCase[]>("trajectoryNetworks");
const golden = goldenFile<{
  readonly batchSize: number;
  readonly data: Readonly<Record<string, GoldenArray>>;
  readonly cases: readonly Trajectory[];
}>("trajectories");
const data = new Map(Object.entries(golden.data).map(([name, array]) => [name, decodeArray(array)]));
const cases = networks.map(
  (network) => [network.name, network, golden.cases.find(({ name }) => name === network.name)!] as const,
);

const open: Model[] = [];

afterEach(async () => {
  for (const model of open.splice(0)) await model.close();
});

function networkWithWeights(one: NetworkCase, weights: readonly GoldenArray[]) {
  const made = kerasNetwork(one, (name) => data.get(name)!.shape.slice(1));
  made.model.setWeights(weights.map(decodeArray));
  open.push(made.model);
  return made;
}

function rows(name: string, from: number, count: number): Tensor<"float32"> {
  const { shape, data: values } = data.get(name)!;
  const size = values.length / shape[0]!;
  return float32([count, ...shape.slice(1)], values.slice(from * size, (from + count) * size));
}

/** What step k of a case takes. */
function batchOf({ inputs, outputs, sample_weight, class_weight }: NetworkCase, step: number) {
  const from = golden.batchSize * (step % 4);
  const taken = (name: string) => rows(name, from, golden.batchSize);
  const each = <T>(of: (targets: string) => T) =>
    Object.fromEntries(Object.entries(outputs).map(([name, { targets }]) => [name, of(targets)]));
  return {
    x: Object.fromEntries(inputs.map((name) => [name, taken(name)])),
    y: each(taken),
    sampleWeight: sample_weight ? { sampleWeight: each(() => taken("weights").data) } : {},
    classWeight: class_weight === undefined ? {} : { classWeight: class_weight },
  };
}

function expectLogs(what: string, logs: Readonly<Record<string, number>>, expected: typeof logs): void {
  expect(Object.keys(logs), what).toEqual(Object.keys(expected));
  for (const [key, value] of Object.entries(expected)) {
    const distance = Math.abs(logs[key]! - value);
    expect
      .soft(distance, `${what}: ${key} ${logs[key]}, expected ${value}`)
      .toBeLessThan(1e-4 * Math.abs(value) + 1e-6);
  }
}

/** @param expected - At most 16 elements, spread evenly. */
function expectSampled(name: string, values: Float32Array, expected: readonly number[]): void {
  const stride = Math.ceil(values.length / 16);
  expect(Math.ceil(values.length / stride), name).toBe(expected.length);
  for (const [index, value] of expected.entries()) {
    const distance = Math.abs(values[index * stride]! - value);
    expect(distance, `${name} ${index}`).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
  }
}

describe("a network from Keras's first weights", () => {
  it.each(cases)("has Keras's activations in every layer: %s", async (_, one, { activations, initial }) => {
    const { model, tensors } = networkWithWeights(one, initial);
    const x = Object.fromEntries(one.inputs.map((input) => [input, rows(input, 0, 2)]));
    const isAgain = (name: string) =>
      one.layers.some((entry) => entry.name === name && entry.again !== undefined);
    // A layer that is called twice would name two outputs of one model.
    for (const again of [false, true]) {
      const names = Object.keys(activations).filter((name) => isAgain(name) === again);
      if (names.length === 0) continue;
      const all = new Model({ inputs: model.inputs, outputs: names.map((name) => tensors.get(name)!) });
      open.push(all);
      const outputs = Object.values(await all.predictAll(x));
      expect(outputs).toHaveLength(names.length);
      for (const [place, name] of names.entries())
        expectSampled(name, outputs[place]!.data, activations[name]!);
    }
  });

  it.each(cases)("takes Keras's 26 steps: %s", async (_, one, { keys, steps, test, initial, final }) => {
    const { model } = networkWithWeights(one, initial);
    model.compile(kerasCompileOptions(one));
    for (const [step, values] of steps.entries()) {
      const { x, y, sampleWeight, classWeight } = batchOf(one, step);
      const logs = await model.trainOnBatch(x, y, { ...sampleWeight, ...classWeight });
      expectLogs(`step ${step}`, logs, Object.fromEntries(keys.map((key, index) => [key, values[index]!])));
    }
    const { x, y, sampleWeight } = batchOf(one, 0);
    expectLogs("test", await model.testOnBatch(x, y, sampleWeight), test);
    for (const [index, weight] of model.getWeights().entries()) {
      const start = decodeArray(initial[index]!).data;
      const expected = decodeArray(final[index]!).data;
      // Updates are compared, not weights: what hardly moves would agree whatever the rule.
      const moved = Math.hypot(...expected.map((value, i) => value - start[i]!));
      const distance = Math.hypot(...expected.map((value, i) => value - weight.data[i]!));
      expect.soft(distance, `weight ${index}`).toBeLessThanOrEqual(1e-4 * moved);
    }
  });
});

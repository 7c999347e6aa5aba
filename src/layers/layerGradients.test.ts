import { describe, expect, it } from "vitest";
import { decodeArray, type GoldenArray, goldenFile } from "../../test/support/goldenArrays.ts";
import { type LayerResult, layerRun } from "../../test/support/layerGradients.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { makeLayer } from "./kinds.ts";

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly config: object;
  readonly inputs: readonly GoldenArray[];
  readonly weights: readonly GoldenArray[];
  readonly names: readonly string[];
  readonly output: GoldenArray;
  readonly inputGradients: readonly GoldenArray[];
  readonly weightGradients: readonly GoldenArray[];
}

const cases = ["layerGradients", "resizing", "convolutions"].flatMap(
  (name) => goldenFile<{ readonly cases: readonly Case[] }>(name).cases,
);

const withBatch = (shape: readonly number[]): Shape => ["batch", ...shape.slice(1)];

function expectClose(what: string, received: Tensor<"float32">, golden: GoldenArray): void {
  const expected = decodeArray(golden);
  expect(received.shape, what).toEqual(expected.shape);
  const scale = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (const [index, value] of expected.data.entries())
    expect(Math.abs(received.data[index]! - value) / scale, `${what} ${index}`).toBeLessThan(1e-5);
}

function expectKeras(result: LayerResult, one: Case): void {
  expectClose("output", result.output, one.output);
  for (const [index, gradient] of one.inputGradients.entries())
    expectClose(`gradient of input ${index}`, result.inputGradients[index]!, gradient);
  expect(result.weightGradients.length).toBe(one.weightGradients.length);
  for (const [index, gradient] of one.weightGradients.entries())
    expectClose(`gradient of ${one.names[index]}`, result.weightGradients[index]!, gradient);
}

describe("layers and their gradients", () => {
  it.each(cases)("are Keras's: $kind, $name", async (one) => {
    const inputs = one.inputs.map(decodeArray);
    const layer = makeLayer(one.kind, one.config);
    const shapes = inputs.map((tensor) => withBatch(tensor.shape));
    layer.build(shapes);
    expect(layer.weights.map((parameter) => parameter.name)).toEqual(one.names);
    const weights = one.weights.map(decodeArray);
    layer.setWeights(weights);
    expect(layer.getWeights()).toEqual(weights);
    expect(layer.outputShapes(shapes)).toEqual([withBatch(one.output.shape)]);
    const run = layerRun(layer, inputs);
    expectKeras(run.interpreted(), one);
    expectKeras(await run.run(), one);
  });

  it("can be made again from their configuration", () => {
    for (const { kind, config } of cases) {
      const layer = makeLayer(kind, config);
      const saved: unknown = "config" in layer ? layer.config : undefined;
      const again = makeLayer(kind, JSON.parse(JSON.stringify(saved)) as object);
      expect("config" in again ? again.config : undefined).toEqual(saved);
    }
  });
});

import ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import type { ApplicationOptions, BaseNetwork, Network } from "../../src/applications/index.ts";
import * as networks from "../../src/applications/networks.ts";
import { sha256 } from "../../src/base/digest.ts";
import { knownNetworks } from "../../src/formats/knownNetworks.ts";
import { bindParameters } from "../../src/graph/bind.ts";
import type { Layer } from "../../src/layers/layer.ts";
import type { Parameter } from "../../src/layers/parameter.ts";
import { Model } from "../../src/models/functional.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import { decodeArray, type GoldenArray, goldenFile } from "./goldenArrays.ts";

/** One network in one form, as Keras made it; see test/golden/applications.py. */
export interface ApplicationCase {
  readonly network: string;
  readonly options: Readonly<Record<string, unknown>> & {
    readonly inputShape: readonly [number, number, number];
  };
  readonly name: string;
  readonly parameters: number;
  readonly trainable: number;
  readonly weights: number;
  readonly summary: string;
  readonly layers?: readonly (readonly [
    name: string,
    kind: string,
    shape: readonly number[],
    parameters: number,
  ])[];
  readonly inputScale?: number;
  readonly inputShift?: number;
  readonly gain?: number;
  readonly shape?: readonly number[];
  readonly output?: GoldenArray;
  readonly moments?: GoldenArray;
}

/** Names, order, shapes and counts. */
function expectStructure(network: BaseNetwork, one: ApplicationCase): void {
  if (one.layers !== undefined) {
    const shapes = new Map(callsOf(network).map(({ layer, outputs }) => [layer, outputs[0]!.shape.slice(1)]));
    const rows = network.layers.map((layer) => [
      layer.name,
      layer.kind,
      shapes.get(layer),
      layer.countParams(),
    ]);
    expect(rows).toEqual(one.layers);
  }
  expect(network.name).toBe(one.name);
  expect(network.countParams()).toBe(one.parameters);
  expect(network.trainableWeights.reduce((sum, { size }) => sum + size, 0)).toBe(one.trainable);
  expect(network.weights).toHaveLength(one.weights);
  expect(sha256(network.summary())).toBe(one.summary);
}

/** The output within 1e-4 of its largest value, and of every layer the mean and the deviation, where the case has them. */
async function expectValues(network: BaseNetwork, one: ApplicationCase): Promise<void> {
  if (one.output === undefined) return;
  fillWeights(network, one.gain);
  const [height, width, channels] = one.options.inputShape;
  const scale = one.inputScale!;
  const picture = noise("input", height * width * channels, scale - one.inputShift!, scale);
  const outputs = one.moments === undefined ? network.outputs : everyOutput(network);
  const results = await run(new Model({ inputs: network.inputs, outputs, name: network.name }), picture, [
    height,
    width,
    channels,
  ]);
  expect(network.outputShape.slice(1)).toEqual(one.shape);
  const found = sampled(results.at(-1)!);
  expect(relativeDifference(found, decodeArray(one.output).data)).toBeLessThan(1e-4);
  if (one.moments !== undefined) expectMoments(network, results, decodeArray(one.moments).data);
}

function expectMoments(network: BaseNetwork, results: readonly Result[], moments: Float32Array): void {
  for (const [index, { data }] of results.entries()) {
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length;
    const expected = moments.subarray(2 * index, 2 * index + 2);
    const scale = Math.abs(expected[0]!) + expected[1]!;
    const difference = Math.max(Math.abs(mean - expected[0]!), Math.abs(Math.sqrt(variance) - expected[1]!));
    expect(difference / scale, network.layers[index]!.name).toBeLessThan(1e-4);
  }
}

/** Layers in order, those of nested models in their place. */
export function singleLayers(layer: Layer): readonly Layer[] {
  return layer instanceof Model ? layer.layers.flatMap(singleLayers) : [layer];
}

/** Sets every weight by the formula of test/golden/applications.py. */
export function fillWeights(network: BaseNetwork, gain = 1): void {
  for (const layer of singleLayers(network)) {
    for (const parameter of layer.ownParameters) {
      const [offset, scale] = rangeOf(layer, parameter, gain);
      parameter.set(
        float32(parameter.shape, noise(`${layer.name}/${parameter.name}`, parameter.size, offset, scale)),
      );
    }
  }
}

function rangeOf(
  layer: Layer,
  { name, shape, size }: Parameter,
  gain: number,
): readonly [offset: number, scale: number] {
  if (name.endsWith("kernel")) {
    const depthwise = layer.kind === "DepthwiseConv2D" || name.startsWith("depthwise");
    return [0, gain * Math.sqrt(6 / (depthwise ? shape[0]! * shape[1]! : size / shape.at(-1)!))];
  }
  if (name === "count") return [0, 0];
  return ["gamma", "moving_variance", "variance"].includes(name) ? [1, 0.25] : [0, 0.1];
}

/** offset + scale times numbers from -1 to 1 that hang on name and index only. */
export function noise(name: string, count: number, offset: number, scale: number): Float32Array {
  let start = 2166136261;
  for (const character of name) start = Math.imul(start ^ character.charCodeAt(0), 16777619);
  const values = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    let mixed = Math.imul(start ^ index, 2654435761);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 2246822519);
    values[index] = offset + scale * (((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 31 - 1);
  }
  return values;
}

function callsOf({ topology }: BaseNetwork) {
  return [...topology.inputs.map(({ call }) => call), ...topology.calls];
}

/** The output of every layer, in Keras's order; an input stands for itself. */
function everyOutput(network: BaseNetwork) {
  const outputs = new Map(callsOf(network).map((call) => [call.layer, call.outputs[0]!]));
  return network.layers.map((layer) => outputs.get(layer)!);
}

interface Result {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export async function run(
  model: Model,
  picture: Float32Array,
  [height, width, channels]: readonly [number, number, number],
): Promise<readonly Result[]> {
  const { builder, outputs, parameters } = model.toGraph({ mode: "infer" });
  const weights = new Map([...parameters].map(([name, one]) => [name, one.engineTensor]));
  const graph = bindParameters(builder.build(outputs), weights);
  const session = await ort.InferenceSession.create(encodeModel(graph), { intraOpNumThreads: 2 });
  const planes = new Float32Array(picture.length);
  for (const [index, value] of picture.entries()) {
    planes[(index % channels) * height * width + Math.floor(index / channels)] = value;
  }
  const feed = new ort.Tensor("float32", planes, [1, channels, height, width]);
  const results = await session.run({ [graph.inputs[0]!.name]: feed });
  await session.release();
  return graph.outputs.map(({ name }) => {
    const { data, dims } = results[name]!;
    return { data: data as Float32Array, dims };
  });
}

/** As the golden file takes them: up to 300 values at even steps, in Keras's order of axes. */
export function sampled({ data, dims }: Result): Float32Array {
  const count = Math.min(data.length, 300);
  const [, channels = 1, height = 1, width = 1] = dims;
  return Float32Array.from({ length: count }, (_, step) => {
    const index = Math.floor((step * data.length) / count);
    return data[(index % channels) * height * width + Math.floor(index / channels)]!;
  });
}

export function relativeDifference(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length);
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return found.reduce((max, value, index) => Math.max(max, Math.abs(value - expected[index]!)), 0) / largest;
}

/** The tests of one golden file: every case's structure, and its values where it has them. */
export function describeParity(family: string, goldenName: string): void {
  const { cases } = goldenFile<{ readonly cases: readonly ApplicationCase[] }>(goldenName);
  describe(family, () => {
    it.each(cases)("is Keras's: $network $options", async (one) => {
      const create = Object.values<Network>(networks).find(
        ({ application }) => application.commandName === one.network,
      );
      const network = await create!({ ...one.options, weights: "random" } as ApplicationOptions);
      expectStructure(network, one);
      // In the form that is published: all classes, nothing else said.
      if (one.options["includeTop"] === true && Object.keys(one.options).length === 2)
        expect(knownNetworks.map(({ parameters: [whole] }) => whole)).toContain(one.parameters);
      await expectValues(network, one);
    });
  });
}

import { describe, expect, it } from "vitest";
import type { ApplicationOptions, BaseNetwork, Network } from "../../src/applications/index.ts";
import * as networks from "../../src/applications/networks.ts";
import { sha256 } from "../../src/base/digest.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import { fillWeights, noise, singleLayers } from "../support/applicationParity.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";
import { layerRun } from "../support/layerGradients.ts";

/** One training step of one network, as test/golden/applications.py describes it. */
interface Case {
  readonly network: string;
  readonly size: number;
  readonly inputScale: number;
  readonly inputShift: number;
  readonly gain: number;
  readonly count: number;
  readonly names: string;
  /** Of each trained weight the gradient's length and its product with the noise of the name. */
  readonly gradients: GoldenArray;
}

const { cases } = goldenFile<{ readonly cases: readonly Case[] }>("applicationsGradients");

/** Several seconds of processor time each: tried when asked for. */
const large = [
  "densenet121",
  "inception_resnet_v2",
  "inception_v3",
  "nasnet_mobile",
  "resnet50",
  "resnet50_v2",
  "xception",
];
const all = process.env["PERMAFROST_ALL_NETWORKS"] === "1";
const tried = cases.filter(({ network }) => all || !large.includes(network));

async function networkOf({ network, size, gain }: Case): Promise<BaseNetwork> {
  const create = Object.values<Network>(networks).find(
    ({ application }) => application.commandName === network,
  );
  const options: ApplicationOptions = { weights: null, includeTop: false, inputShape: [size, size, 3] };
  const base = await create!(options);
  fillWeights(base, gain);
  return base;
}

function pictures({ size, inputScale, inputShift }: Case) {
  const count = 2 * size * size * 3;
  return float32([2, size, size, 3], noise("input", count, inputScale - inputShift, inputScale));
}

/** Of one sign: a ReLU that rounding turns on or off does not count for much. */
const along = (i: number) => 1 + Math.cos(3 * i + 1) / 2;

/** Of each trained weight in Keras's order the gradient, by the weight's name. */
async function gradientsOf(base: BaseNetwork, one: Case): Promise<ReadonlyMap<string, Float32Array>> {
  const { weightPaths, weightGradients } = await layerRun(base, [pictures(one)], along).run();
  const found = new Map(
    weightPaths.map((path, index) => [path.split("/").slice(-2).join("/"), weightGradients[index]!.data]),
  );
  const names = singleLayers(base).flatMap((layer) =>
    layer.ownParameters
      .filter(({ createdTrainable }) => createdTrainable)
      .map(({ name }) => `${layer.name}/${name}`),
  );
  return new Map(names.map((name) => [name, found.get(name)!]));
}

const notTried = all ? "" : ` (PERMAFROST_ALL_NETWORKS=1 tries ${large.join(", ")} too)`;

describe(`the gradient of a training step${notTried}`, () => {
  it.each(tried)("is Keras's: $network", async (one) => {
    const gradients = await gradientsOf(await networkOf(one), one);
    expect(gradients.size).toBe(one.count);
    expect(sha256([...gradients.keys()].join("\n"))).toBe(one.names);
    const expected = decodeArray(one.gradients).data;
    const lengths = expected.filter((_, index) => index % 2 === 0);
    // A gradient that is nothing but rounding (of a bias before a normalization) is held against the typical one.
    const floor = 1e-3 * lengths.toSorted()[Math.floor(lengths.length / 2)]!;
    const wrong: string[] = [];
    for (const [index, [name, gradient]] of [...gradients].entries()) {
      const direction = noise(name, gradient.length, 0, 1);
      const product = gradient.reduce((sum, value, place) => sum + value * direction[place]!, 0);
      const length = Math.sqrt(gradient.reduce((sum, value) => sum + value ** 2, 0));
      const scale = Math.max(lengths[index]!, floor);
      const errors = [length - lengths[index]!, product - expected[2 * index + 1]!];
      const error = Math.max(...errors.map(Math.abs)) / scale;
      if (!(error < 1e-3)) wrong.push(`${name}: ${error}`);
    }
    expect(wrong).toEqual([]);
  });
});

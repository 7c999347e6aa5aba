import { rm } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type {
  ApplicationOptions,
  BaseNetwork,
  CatalogueOptions,
  Network,
} from "../../src/applications/index.ts";
import { largeBlocks, smallBlocks } from "../../src/applications/mobileNetV3Torch.ts";
import * as networks from "../../src/applications/networks.ts";
import { convNeXtNamings } from "../../src/applications/torch/convNeXt.ts";
import { denseNetNamings } from "../../src/applications/torch/denseNet.ts";
import { mobileNetV2Namings } from "../../src/applications/torch/mobileNetV2.ts";
import { mobileNetV3Naming } from "../../src/applications/torch/mobileNetV3.ts";
import type { TorchNaming } from "../../src/applications/torch/naming.ts";
import { resNetNamings } from "../../src/applications/torch/resNet.ts";
import { vggNamings } from "../../src/applications/torch/vgg.ts";
import { sha256 } from "../../src/base/digest.ts";
import { knownNetworks } from "../../src/formats/knownNetworks.ts";
import { noise, relativeDifference, run, sampled } from "../support/applicationParity.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";
import { torchShapes, writeTorchFile } from "../support/torchWeights.ts";

/** A network of torchvision or timm; see test/golden/torchApplications.py. */
interface TorchCase {
  readonly base: string;
  readonly program: string;
  readonly tensors: string;
  readonly counters: number;
  readonly size?: readonly [number, number];
  readonly includeTop?: true;
  /** `tensors` is without the classifier, which we do not offer. */
  readonly headless?: true;
  readonly shape?: readonly number[];
  readonly output?: GoldenArray;
}

const namings: Readonly<Record<string, readonly TorchNaming[]>> = {
  convnext_tiny: convNeXtNamings,
  convnext_small: convNeXtNamings,
  convnext_base: convNeXtNamings,
  convnext_large: convNeXtNamings,
  convnext_xlarge: convNeXtNamings,
  densenet121: denseNetNamings,
  densenet169: denseNetNamings,
  densenet201: denseNetNamings,
  mobilenet_v2: mobileNetV2Namings,
  mobilenet_v3_large: [mobileNetV3Naming(largeBlocks)],
  mobilenet_v3_small: [mobileNetV3Naming(smallBlocks)],
  resnet50: resNetNamings,
  resnet101: resNetNamings,
  resnet152: resNetNamings,
  vgg16: vggNamings([2, 2, 3, 3, 3]),
  vgg19: vggNamings([2, 2, 4, 4, 4]),
};

const { cases } = goldenFile<{ readonly cases: readonly TorchCase[] }>("torchApplications");
const withValues = cases.filter(({ output }) => output !== undefined);

function namingOf({ base, program }: TorchCase): TorchNaming {
  return namings[base]!.find((one) => one.program.includes(program))!;
}

function create(base: string, options: CatalogueOptions): Promise<BaseNetwork> {
  const network = Object.values<Network>(networks).find(
    ({ application }) => application.commandName === base,
  )!;
  return network(options as ApplicationOptions);
}

const withoutTop = { form: "torch", weights: null, includeTop: false } as const;
const whole = { ...withoutTop, includeTop: true } as const;

describe("networks in torchvision's form", () => {
  it.each(cases)("$base has the tensors of $program", async (one) => {
    const tensors = torchShapes(await create(one.base, one.headless ? withoutTop : whole), namingOf(one));
    // timm's VGG has its dense layers as convolutions, which hold the same numbers.
    const lines = tensors.map(({ name, shape }) => `${name} [${asTimm(one, name, shape).join(", ")}]`);
    expect(sha256(lines.sort().join("\n"))).toBe(one.tensors);
    expect(tensors.filter(({ name }) => name.endsWith("running_mean"))).toHaveLength(one.counters);
  });

  it.each(withValues)("$base of a file of $program's gives its values at $size", async (one) => {
    const { base, size, includeTop = false } = one;
    const inputShape = [...size!, 3] as const;
    const file = await writeTorchFile(
      torchShapes(await create(base, { ...withoutTop, inputShape, includeTop }), namingOf(one)),
    );
    const weights = file;
    const network = await create(base, { weights, inputShape, includeTop, classifierActivation: null });
    await rm(path.dirname(file), { recursive: true });
    expect(network.remarks.join()).toContain("built in torchvision's form, not in Keras's");
    expect(network.outputShape.slice(1)).toEqual(one.shape);
    const result = await run(network, noise("input", size![0] * size![1] * 3, 0, 1), inputShape);
    expect(relativeDifference(sampled(result[0]!), decodeArray(one.output!).data)).toBeLessThan(1e-4);
  });

  it.each(Object.keys(namings))("%s has its number of weights", async (base) => {
    const known = knownNetworks.find(({ name }) => name.toLowerCase() === base.replaceAll("_", ""))!;
    if (base !== "mobilenet_v3_small")
      expect((await create(base, whole)).countParams()).toBe(known.torch![0]);
    expect((await create(base, withoutTop)).countParams()).toBe(known.torch![1]);
  });
});

function asTimm({ base, program }: TorchCase, name: string, shape: readonly number[]): readonly number[] {
  if (program !== "timm" || !base.startsWith("vgg")) return shape;
  if (name === "pre_logits.fc1.weight") return [4096, 512, 7, 7];
  return name === "pre_logits.fc2.weight" ? [4096, 4096, 1, 1] : shape;
}

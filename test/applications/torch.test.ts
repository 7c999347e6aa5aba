import { rm } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { NetworkForm } from "../../src/applications/application.ts";
import type {
  ApplicationOptions,
  BaseNetwork,
  CatalogueOptions,
  Network,
} from "../../src/applications/index.ts";
import { largeRows, smallRows } from "../../src/applications/mobileNetV3Blocks.ts";
import { torchBlocks } from "../../src/applications/mobileNetV3Torch.ts";
import * as networks from "../../src/applications/networks.ts";
import { convNeXtNamings } from "../../src/applications/torch/convNeXt.ts";
import { denseNetNamings } from "../../src/applications/torch/denseNet.ts";
import {
  type BlockKind,
  timmEfficientNet,
  torchvisionEfficientNet,
} from "../../src/applications/torch/efficientNet.ts";
import { mobileNetV2Namings } from "../../src/applications/torch/mobileNetV2.ts";
import { timmMobileNetV3, torchvisionMobileNetV3 } from "../../src/applications/torch/mobileNetV3.ts";
import type { TorchNaming } from "../../src/applications/torch/naming.ts";
import { resNetNamings } from "../../src/applications/torch/resNet.ts";
import { vggNamings } from "../../src/applications/torch/vgg.ts";
import { sha256 } from "../../src/base/digest.ts";
import { knownNetworks } from "../../src/formats/knownNetworks.ts";
import { layerRecord } from "../../src/models/structure.ts";
import { noise, relativeDifference, run, sampled } from "../support/applicationParity.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";
import { torchShapes, writeTorchFile } from "../support/torchWeights.ts";

/** A network of torchvision or timm; see test/golden/torchApplications.py. */
interface TorchCase {
  readonly base: string;
  readonly program: string;
  readonly tensors: string;
  readonly counters: number;
  /** Ours for it. Default "torch". */
  readonly form?: "timm" | "tf";
  /** Of every BatchNorm2d, where there are some. */
  readonly epsilon?: number;
  readonly momentum?: number;
  readonly size?: readonly [number, number];
  /** Of convolutions. Default 1. */
  readonly gain?: number;
  readonly includeTop?: true;
  /** `tensors` is without the classifier, which we do not offer. */
  readonly headless?: true;
  /** Width and the like. */
  readonly options?: Readonly<Record<string, number | boolean>>;
  readonly shape?: readonly number[];
  readonly output?: GoldenArray;
}

function efficientNet(kinds: readonly BlockKind[]): readonly TorchNaming[] {
  return [torchvisionEfficientNet(kinds), timmEfficientNet(kinds)];
}

const separable = efficientNet(["separable", ...Array<BlockKind>(6).fill("inverted")]);
const fused = efficientNet(["plain", "fused", "fused", "inverted", "inverted", "inverted"]);
const longer = efficientNet(["plain", "fused", "fused", ...Array<BlockKind>(4).fill("inverted")]);

const smallBlocks = torchBlocks(smallRows);
const largeBlocks = torchBlocks(largeRows);

const namings: Readonly<Record<string, readonly TorchNaming[]>> = {
  convnext_tiny: convNeXtNamings,
  convnext_small: convNeXtNamings,
  convnext_base: convNeXtNamings,
  convnext_large: convNeXtNamings,
  convnext_xlarge: convNeXtNamings,
  densenet121: denseNetNamings,
  densenet169: denseNetNamings,
  densenet201: denseNetNamings,
  ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((size) => [`efficientnet_b${size}`, separable])),
  ...Object.fromEntries(["b0", "b1", "b2", "b3", "s"].map((size) => [`efficientnet_v2_${size}`, fused])),
  efficientnet_v2_m: longer,
  efficientnet_v2_l: longer,
  mobilenet_v2: mobileNetV2Namings,
  mobilenet_v3_large: [torchvisionMobileNetV3(largeBlocks), timmMobileNetV3(largeBlocks)],
  mobilenet_v3_small: [torchvisionMobileNetV3(smallBlocks), timmMobileNetV3(smallBlocks)],
  mobilenet_v3_small_keras: [timmMobileNetV3(smallBlocks)],
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

const withoutTop = { weights: null, includeTop: false } as const;

function formOf({
  form = "torch",
  options = {},
}: Pick<TorchCase, "options"> & { readonly form?: NetworkForm }) {
  return { ...withoutTop, form, ...options } as const;
}

describe("networks in torchvision's form", () => {
  it.each(cases)("$base has the tensors of $program $form $options", async (one) => {
    const network = await create(one.base, { ...formOf(one), includeTop: one.headless !== true });
    const tensors = torchShapes(network, namingOf(one));
    const lines = tensors.map(({ name, shape }) => `${name} [${asTimm(one, name, shape).join(", ")}]`);
    expect(sha256(lines.sort().join("\n"))).toBe(one.tensors);
    expect(tensors.filter(({ name }) => name.endsWith("running_mean"))).toHaveLength(one.counters);
    const names = new Set(network.layers.map(({ name }) => name));
    expect(network.application.blocks.filter(({ firstLayer }) => !names.has(firstLayer))).toEqual([]);
    expect(normalizationsOf(network)).toEqual(
      one.epsilon === undefined ? [] : [{ epsilon: one.epsilon, momentum: 1 - one.momentum! }],
    );
  });

  it.each(withValues)(
    "$base of a file of $program's ($form, $options) gives its values at $size",
    async (one) => {
      const { base, size, includeTop = false, options = {} } = one;
      const inputShape = [...size!, 3] as const;
      const file = await writeTorchFile(
        torchShapes(await create(base, { ...formOf(one), inputShape, includeTop }), namingOf(one)),
        { name: `${one.form === "tf" ? "tf_" : ""}${timmName(base)}.safetensors`, gain: one.gain ?? 1 },
      );
      const weights = file;
      const network = await create(base, {
        ...options,
        weights,
        inputShape,
        includeTop,
        classifierActivation: null,
      });
      await rm(path.dirname(file), { recursive: true });
      const ofSmall = base === "mobilenet_v3_small" ? undefined : "torch";
      expect(network.form).toBe(one.form ?? ofSmall);
      expect(network.remarks.join()).toMatch(/is built in .*, not in Keras's/);
      expect(network.outputShape.slice(1)).toEqual(one.shape);
      const result = await run(network, noise("input", size![0] * size![1] * 3, 0, 1), inputShape);
      expect(relativeDifference(sampled(result[0]!), decodeArray(one.output!).data)).toBeLessThan(1e-4);
    },
  );

  it.each(Object.keys(namings).filter((base) => base !== "mobilenet_v3_small_keras"))(
    "%s has its number of weights",
    async (base) => {
      const known = knownNetworks.find(({ name }) => name.toLowerCase() === base.replaceAll("_", ""))!;
      const one = formOf(cases.find((each) => each.base === base)!);
      if (base !== "mobilenet_v3_small")
        expect((await create(base, { ...one, includeTop: true })).countParams()).toBe(known.torch![0]);
      expect((await create(base, one)).countParams()).toBe(known.torch![1]);
    },
  );
});

/** The different settings of a network's normalizations. */
function normalizationsOf({ layers }: BaseNetwork) {
  const settings = layers.flatMap((layer) => {
    if (layer.kind !== "BatchNormalization") return [];
    const { epsilon, momentum } = layerRecord(layer).config;
    return [JSON.stringify({ epsilon, momentum: Number(momentum) })];
  });
  return [...new Set(settings)].map((text) => JSON.parse(text));
}

function timmName(base: string): string {
  return base.replace("_v", "v").replace("_keras", "");
}

/** Dense layers that are convolutions of one pixel on the other side hold the same numbers. */
function asTimm(
  { base, program, form }: TorchCase,
  name: string,
  shape: readonly number[],
): readonly number[] {
  if (program !== "timm") return shape;
  if (name === "pre_logits.fc1.weight") return [4096, 512, 7, 7];
  if (name === "pre_logits.fc2.weight" || name === "conv_head.weight") return [shape[0]!, shape[1]!, 1, 1];
  const isConvolution = form === "tf" && base.startsWith("mobilenet_v3") && name === "classifier.weight";
  return isConvolution ? shape.slice(0, 2) : shape;
}

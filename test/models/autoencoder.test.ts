import { describe, expect, it } from "vitest";
import { createBase } from "../../src/applications/index.ts";
import { Random } from "../../src/base/random.ts";
import {
  add,
  conv2d,
  dense,
  depthwiseConv2D,
  flatten,
  globalAveragePooling2D,
  input,
  maxPooling2D,
  upSampling2D,
  zeroPadding2D,
} from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { autoencoderLayers } from "../../src/models/autoencoder.ts";
import { Model } from "../../src/models/functional.ts";
import { Sequential } from "../../src/models/sequential.ts";

const decoderOf = (encoder: Model) => autoencoderLayers({ encoder }).slice(1);

function decodedShape(encoder: Model): readonly unknown[] {
  return new Sequential({ layers: autoencoderLayers({ encoder }) }).outputShape;
}

/** Widths of the decoder's convolutions. */
function widths(encoder: Model): readonly number[] {
  const layers = new Sequential({ layers: autoencoderLayers({ encoder }) }).layers.slice(1);
  return layers.filter(({ kind }) => kind === "Conv2D").map((layer) => layer.weights[1]!.size);
}

/** A random row of convolutions, poolings and paddings over pictures of odd and even sizes. */
function randomEncoder(seed: number): Model {
  const random = new Random(seed, "encoder");
  const chosen = <T>(...from: readonly T[]): T => from[random.integer(from.length)]!;
  const inputShape = [17 + random.integer(40), 17 + random.integer(40), chosen(1, 3)];
  const layers: Layer[] = [conv2d({ filters: 4, kernelSize: 3, padding: "same", inputShape })];
  const steps = 1 + random.integer(4);
  for (let step = 0; step < steps; step++) {
    const padding = chosen("same" as const, "valid" as const);
    const filters = 2 + random.integer(6);
    layers.push(
      ...chosen<() => Layer[]>(
        () => [conv2d({ filters, kernelSize: chosen(1, 2, 3), strides: chosen(1, 2), padding })],
        () => [maxPooling2D({ poolSize: 2, padding })],
        () => [zeroPadding2D({ padding: 1 }), conv2d({ filters, kernelSize: 3, strides: 2 })],
      )(),
    );
  }
  return new Sequential({ layers });
}

describe("autoencoder", () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    "gives back the size of pictures exactly (random encoder %i)",
    (seed) => {
      const encoder = randomEncoder(seed);
      expect(decodedShape(encoder)).toEqual(encoder.inputs[0]!.shape);
    },
  );

  it.each([
    ["small", 64, 64],
    ["small", 37, 50],
    ["vgg_like", 51, 33],
    ["mobilenet_v3_small", 96, 160],
  ])("mirrors %s at %i x %i pixels", async (name, height, width) => {
    const encoder = await createBase(name, { weights: null, inputShape: [height, width, 3] });
    expect(decodedShape(encoder)).toEqual(["batch", height, width, 3]);
  });

  it("mirrors a row of layers convolution by convolution", async () => {
    const encoder = await createBase("vgg_like", { inputShape: [32, 32, 3] });
    expect(widths(encoder)).toEqual([256, 128, 128, 64, 64, 32, 32, 3]);
    expect(widths(await createBase("small", { inputShape: [32, 32, 3] }))).toEqual([128, 64, 32, 3]);
  });

  it("mirrors blocks by the sizes of their maps, as wide as the narrowest", async () => {
    const encoder = await createBase("mobilenet_v3_small", { weights: null, inputShape: [96, 96, 3] });
    expect(widths(encoder)).toEqual([40, 24, 16, 16, 3]);
  });

  it("follows the larger maps where branches meet, and looks into nested models", () => {
    const inputs = input({ shape: [24, 24, 3] });
    const x = conv2d({ filters: 8, kernelSize: 3, padding: "same", strides: 2 }).apply(inputs);
    const gate = conv2d({ filters: 8, kernelSize: 1 }).apply(
      globalAveragePooling2D({ keepdims: true }).apply(x),
    );
    const outputs = maxPooling2D().apply(
      add().apply([gate, depthwiseConv2D({ kernelSize: 3, padding: "same" }).apply(x)]),
    );
    const inner = new Model({ inputs, outputs, name: "inner" });
    const encoder = new Sequential({ layers: [inner, conv2d({ filters: 5, kernelSize: 1 })] });
    expect(decodedShape(encoder)).toEqual(["batch", 24, 24, 3]);
    expect(widths(encoder)).toEqual([8, 3]);
  });

  it("takes a decoder of one's own that leads back to the pictures", () => {
    const encoder = new Sequential({
      layers: [conv2d({ filters: 4, kernelSize: 2, strides: 2, inputShape: [8, 8, 3] })],
    });
    const decoder = (filters: number) => [upSampling2D(), conv2d({ filters, kernelSize: 1 })];
    expect(autoencoderLayers({ encoder, decoder: decoder(3) })).toHaveLength(3);
    expect(() => autoencoderLayers({ encoder, decoder: decoder(4) })).toThrow("[8, 8, 3]");
    expect(() => autoencoderLayers({ encoder, decoder: [] })).toThrow("at least one layer");
  });

  it("says why an encoder cannot be mirrored", async () => {
    const convolution = () => conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 3] });
    const mirrored = (...layers: readonly Layer[]) =>
      decoderOf(new Sequential({ layers: [convolution(), ...layers] }));
    expect(() => mirrored(flatten())).toThrow("it ends with Flatten ([144])");
    expect(() => mirrored(flatten(), dense({ units: 3 }))).toThrow("it ends with Dense ([3])");
    expect(() => mirrored(upSampling2D())).toThrow("UpSampling2D) enlarges its maps");
    const pooled = await createBase("small", { pooling: "avg" });
    expect(() => decoderOf(pooled)).toThrow("GlobalAveragePooling2D");
    const x = input({ shape: [4] });
    const vectors = new Model({ inputs: x, outputs: dense({ units: 2 }).apply(x) });
    expect(() => decoderOf(vectors)).toThrow("its input is [4]");
  });
});

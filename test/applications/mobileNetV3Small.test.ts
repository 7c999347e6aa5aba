import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { createBase, mobileNetV3Small } from "../../src/applications/index.ts";
import { bindParameters } from "../../src/graph/bind.ts";
import type { Model } from "../../src/models/functional.ts";
import { encodeModel } from "../../src/onnx/encode.ts";

interface GoldenArray {
  readonly shape: readonly number[];
  readonly float32: string;
}

interface Case {
  readonly picture: number;
  readonly size: number;
  readonly sha256: string;
  readonly pooled: GoldenArray;
  readonly map?: GoldenArray;
}

const golden = JSON.parse(
  readFileSync(new URL("../golden/mobileNetV3Small.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Case[] };

/** The golden file's picture formula: uint8 RGB, rows first. */
function picture(p: number, size: number): Uint8Array {
  const pixels = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const phase = (x * (p + 3) + y * (2 * p + 1) + Math.floor((x * y) / (16 + p))) % 512;
      const wave = phase < 256 ? phase : 511 - phase;
      const dx = Math.abs(3 * x - size);
      const dy = Math.abs(2 * y - size);
      const ring = Math.floor((dx * dx + dy * dy) / (60 + 25 * p)) % 256;
      const check = (Math.floor(x / (8 + 2 * p)) + Math.floor(y / (11 + p))) % 2 === 1 ? 170 : 40;
      for (let c = 0; c < 3; c++) {
        const grain = (x * x * 31 + y * y * 17 + x * y * 13 + c * 29) % 61;
        const sum =
          wave * (1 + ((c + p) % 3)) + ring * (1 + ((c + 2 * p + 1) % 3)) + check * (1 + c) + grain * 2;
        pixels[(y * size + x) * 3 + c] = Math.min(Math.floor(sum / 6), 255);
      }
    }
  }
  return pixels;
}

async function run(model: Model, input: Float32Array, size: number): Promise<Float32Array> {
  const { builder, outputs, parameters } = model.toGraph({ mode: "infer" });
  const weights = new Map([...parameters].map(([name, one]) => [name, one.engineTensor]));
  const graph = bindParameters(builder.build(outputs), weights);
  const session = await ort.InferenceSession.create(encodeModel(graph), { intraOpNumThreads: 1 });
  const feeds = { [graph.inputs[0]!.name]: new ort.Tensor("float32", input, [1, 3, size, size]) };
  const results = await session.run(feeds);
  await session.release();
  return Object.values(results)[0]!.data as Float32Array;
}

function values({ float32: base64 }: GoldenArray): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, "base64")).buffer);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, x, index) => Math.max(largest, Math.abs(x - b[index]!)), 0);
}

describe("mobileNetV3Small", () => {
  it.each(golden.cases)("has torchvision's features of picture $picture at $size", async (one) => {
    const { size } = one;
    const model = await mobileNetV3Small({ inputShape: [size, size, 3], pooling: "avg" });
    const pixels = picture(one.picture, size);
    expect(createHash("sha256").update(pixels).digest("hex")).toBe(one.sha256);
    const { scale, mean, std } = model.preprocessing;
    const input = new Float32Array(3 * size * size);
    for (const [index, pixel] of pixels.entries()) {
      const channel = index % 3;
      input[channel * size * size + Math.floor(index / 3)] = (pixel * scale - mean[channel]!) / std[channel]!;
    }
    expect(largestDifference(await run(model, input, size), values(one.pooled))).toBeLessThan(1e-4);
    if (one.map === undefined) return;
    const unpooled = await mobileNetV3Small({ inputShape: [size, size, 3] });
    expect(largestDifference(await run(unpooled, input, size), values(one.map))).toBeLessThan(1e-3);
  });

  it("has the weights of Keras's network and torchvision's", async () => {
    const model = await createBase("mobilenet_v3_small", { weights: null });
    expect(model.countParams()).toBe(939_120);
    expect(model.nonTrainableWeights.reduce((sum, one) => sum + one.size, 0)).toBe(12_112);
    expect(model.weights).toHaveLength(206);
    expect(model.trainableWeights).toHaveLength(138);
    expect(model.outputShape).toEqual(["batch", 7, 7, 576]);
  });
});

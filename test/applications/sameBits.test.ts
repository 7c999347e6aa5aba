import ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { createBase } from "../../src/applications/index.ts";
import { bindParameters } from "../../src/graph/bind.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { fillWeights, noise } from "../support/applicationParity.ts";

// Odd sizes: rows and planes then begin at places in memory that no vector register likes.
describe("features of a picture", () => {
  it.each([
    ["mobilenet_v3_small_keras", 51],
    ["efficientnet_b0", 53],
    ["nasnet_mobile", 49],
    ["resnet50_v2", 45],
    ["convnext_tiny", 37],
  ])("have the same bits alone and in a batch: %s of %i pixels", async (name, side) => {
    const base = await createBase(name, { weights: "random", inputShape: [side, side, 3] });
    fillWeights(base);
    const { builder, outputs, parameters } = base.toGraph({ mode: "infer" });
    const weights = new Map([...parameters].map(([key, one]) => [key, one.engineTensor]));
    const graph = bindParameters(builder.build(outputs), weights);
    const session = await ort.InferenceSession.create(encodeModel(graph), { intraOpNumThreads: 1 });
    const size = 3 * side * side;
    const pictures = noise("pictures", 3 * size, 0, 1);
    const features = async (data: Float32Array) => {
      const feed = new ort.Tensor("float32", data, [data.length / size, 3, side, side]);
      const results = await session.run({ [graph.inputs[0]!.name]: feed });
      return results[graph.outputs[0]!.name]!.data as Float32Array;
    };
    const together = await features(pictures);
    const length = together.length / 3;
    for (const place of [0, 1, 2]) {
      const alone = await features(pictures.slice(place * size, (place + 1) * size));
      expect(alone.every((value) => Number.isFinite(value))).toBe(true);
      expect(alone).toEqual(together.slice(place * length, (place + 1) * length));
    }
    await session.release();
  });
});

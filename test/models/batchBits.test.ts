import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.ts";
import { bindParameters } from "../../src/graph/bind.ts";
import * as layers from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { Model } from "../../src/models/functional.ts";
import { encodeModel } from "../../src/onnx/encode.ts";

const size = [9, 7, 4] as const;
const elements = size.reduce((product, n) => product * n, 1);
const count = 7;
const random = new Random("batch bits");
const pictures = Float32Array.from({ length: count * elements }, () => random.normal());

const resized = { height: 13, width: 5 };

/** Layers whose ONNX form reduces or multiplies: what could depend on how a batch is divided. */
const cases: Readonly<Record<string, () => Layer>> = {
  "layer normalization": () => layers.layerNormalization(),
  "layer normalization of pictures": () => layers.layerNormalization({ axis: [1, 2, 3] }),
  "group normalization": () => layers.groupNormalization({ groups: 2 }),
  softmax: () => layers.softmax({ axis: 1 }),
  gelu: () => layers.activation({ activation: "gelu" }),
  mish: () => layers.activation({ activation: "mish" }),
  elu: () => layers.elu(),
  prelu: () => layers.prelu({ alphaInitializer: "random_normal" }),
  "resizing, bilinear": () => layers.resizing(resized),
  "resizing, nearest": () => layers.resizing({ ...resized, interpolation: "nearest" }),
  "resizing, bicubic": () => layers.resizing({ ...resized, interpolation: "bicubic" }),
  "resizing, antialias": () => layers.resizing({ height: 4, width: 3, antialias: true }),
  "resizing, lanczos": () =>
    layers.resizing({ height: 4, width: 3, interpolation: "lanczos5", antialias: true }),
  "up-sampling": () => layers.upSampling2D({ interpolation: "bilinear" }),
};

/** Runs the pictures in batches of `size` with the weights as constants, as frozen parts do. */
async function bitsOf(model: Model, batchSize: number): Promise<Uint32Array[]> {
  const { builder, inputs, outputs, parameters } = model.toGraph({ mode: "infer" });
  const tensors = new Map([...parameters].map(([path, parameter]) => [path, parameter.engineTensor]));
  const graph = bindParameters(builder.build(outputs), tensors);
  const session = await InferenceSession.create(encodeModel(graph), {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
  });
  const rows: Uint32Array[] = [];
  for (let start = 0; start < count; start += batchSize) {
    const n = Math.min(batchSize, count - start);
    const data = pictures.slice(start * elements, (start + n) * elements);
    const [height, width, channels] = size;
    const feed = new OrtTensor("float32", data, [n, channels, height, width]);
    const result = (await session.run({ [inputs[0]!.name]: feed }))[graph.outputs[0]!.name]!;
    const bits = new Uint32Array(Float32Array.from(result.data as Float32Array).buffer);
    for (let row = 0; row < n; row++)
      rows.push(bits.slice((row * bits.length) / n, ((row + 1) * bits.length) / n));
  }
  await session.release();
  return rows;
}

describe("frozen layers", () => {
  it.each(Object.keys(cases))("give a picture the same bits alone and in any batch: %s", async (name) => {
    const inputs = layers.input({ shape: size });
    const model = new Model({ inputs, outputs: cases[name]!().apply(inputs) });
    const alone = await bitsOf(model, 1);
    for (const batchSize of [2, 3, 7]) expect(await bitsOf(model, batchSize)).toEqual(alone);
  });
});

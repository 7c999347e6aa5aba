import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.ts";
import { bindParameters } from "../../src/graph/bind.ts";
import * as layers from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { Model } from "../../src/models/functional.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { bindBatch } from "../../src/tensor/shape.ts";
import { sizeOf } from "../../src/tensor/tensor.ts";

const count = 7;
const resized = { height: 13, width: 5 };

/** Rows of such pictures begin anywhere in memory, not only where vector instructions like it. */
const pictureSizes = [
  [9, 7, 4],
  [1, 37, 2],
] as const;

/** Layers whose ONNX form reduces or multiplies: what could depend on how a batch is divided. */
const layersOfPictures: Readonly<Record<string, () => Layer>> = {
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

/** The same for samples of fewer axes. */
const layersOfRows: readonly (readonly [name: string, size: readonly number[], make: () => Layer])[] = [
  ["layer normalization of rows", [37], () => layers.layerNormalization()],
  ["layer normalization of sequences", [3, 13], () => layers.layerNormalization()],
  ["group normalization of rows", [39], () => layers.groupNormalization({ groups: 3 })],
  ["softmax of rows", [37], () => layers.softmax()],
];

const cases = [
  ...pictureSizes.flatMap((size) =>
    Object.entries(layersOfPictures).map(([name, make]) => [name, size, make] as const),
  ),
  ...layersOfRows,
];

/** Runs the samples in batches of one size with the weights as constants, as frozen parts do; each one's bits. */
async function bitsOf(model: Model, samples: Float32Array, batchSize: number): Promise<Uint32Array[]> {
  const { builder, inputs, outputs, parameters } = model.toGraph({ mode: "infer" });
  const tensors = new Map([...parameters].map(([path, parameter]) => [path, parameter.engineTensor]));
  const graph = bindParameters(builder.build(outputs), tensors);
  const session = await InferenceSession.create(encodeModel(graph), {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
  });
  const length = samples.length / count;
  const rows: Uint32Array[] = [];
  for (let start = 0; start < count; start += batchSize) {
    const n = Math.min(batchSize, count - start);
    const data = samples.slice(start * length, (start + n) * length);
    const feed = new OrtTensor("float32", data, bindBatch(inputs[0]!.type.shape, n));
    const result = (await session.run({ [inputs[0]!.name]: feed }))[graph.outputs[0]!.name]!;
    const bits = new Uint32Array(Float32Array.from(result.data as Float32Array).buffer);
    const size = bits.length / n;
    for (let row = 0; row < n; row++) rows.push(bits.slice(row * size, (row + 1) * size));
  }
  await session.release();
  return rows;
}

describe("frozen layers", () => {
  it.each(cases)("give a sample the same bits alone and in any batch: %s %j", async (_, shape, make) => {
    const inputs = layers.input({ shape });
    const model = new Model({ inputs, outputs: make().apply(inputs) });
    const random = new Random("batch bits");
    const samples = Float32Array.from({ length: count * sizeOf(shape) }, () => random.normal());
    const alone = await bitsOf(model, samples, 1);
    for (const batchSize of [2, 3, 7]) expect(await bitsOf(model, samples, batchSize)).toEqual(alone);
  });
});

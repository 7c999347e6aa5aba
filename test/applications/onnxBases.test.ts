import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BaseNetwork } from "../../src/applications/index.ts";
import { type FromOnnxOptions, fromOnnx } from "../../src/applications/onnx/fromOnnx.ts";
import { openedBase } from "../../src/applications/onnx/openedBase.ts";
import { Engine } from "../../src/engine/engine.ts";
import { beforeClassifier, chosenOutput } from "../../src/onnx/model/chooseOutput.ts";
import { pictureInput } from "../../src/onnx/model/pictureInput.ts";
import { dependentsOf } from "../../src/onnx/model/reach.ts";
import { readModel, takeInElements } from "../../src/onnx/model/readModel.ts";
import { float32, sizeOf, type Tensor } from "../../src/tensor/tensor.ts";
import { inferenceGraph } from "../../src/training/features/inference.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";

interface GoldenValue {
  readonly name: string;
  readonly shape: readonly number[];
  readonly step: number;
  readonly sampled: GoldenArray;
}

interface GoldenModels {
  readonly models: readonly { readonly model: string; readonly values: readonly GoldenValue[] }[];
}

const golden = goldenFile<GoldenModels>("onnxModels");
const size = 32;

const modelFile = (name: string) => fileURLToPath(new URL(`../golden/onnx/${name}.onnx`, import.meta.url));

/** The pictures of test/golden/onnxModels.py, channels first. */
function pictures(samples: number, isBytes: boolean): Tensor<"float32"> {
  const shape = [samples, 3, size, size];
  const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
    isBytes ? (i * 7919) % 251 : ((i * 7919) % 1009) / 1009,
  );
  return float32(shape, values);
}

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.start({ workers: 1 });
});
afterAll(() => engine.close());

async function featuresOf(base: BaseNetwork, input: Tensor<"float32">): Promise<Tensor> {
  const graph = inferenceGraph(base);
  const program = await engine.compile(graph);
  const result = (await program.run({ [graph.inputs[0]!.name]: input }))[graph.outputs[0]!.name]!;
  await program.close();
  return result;
}

/** One value of each model; of those that have several the last before the classifier. */
const cases = golden.models.map(({ model, values }) => [model, values.at(-1)!] as const);

const usual = { preprocessing: "rescale", inputShape: [size, size, 3] } as const;

function optionsFor(model: string, { name, shape }: GoldenValue): FromOnnxOptions {
  const cut = shape.length === 3 ? `${name}:all` : name;
  return { ...usual, cut, ...(model === "uint8" ? { preprocessing: "none" } : {}) };
}

/** Where element `index` of a value stands in our features: nhwc ends with the channels last. */
function placeIn(model: string, shape: readonly number[], index: number): number {
  if (model !== "nhwc") return index;
  const [, rows, columns, channels] = shape as [number, number, number, number];
  const channel = index % channels;
  const pixel = Math.floor(index / channels);
  const sample = Math.floor(pixel / (rows * columns));
  return (sample * channels + channel) * rows * columns + (pixel % (rows * columns));
}

function expectGolden(model: string, { shape, step, sampled }: GoldenValue, features: Tensor): void {
  expect(features.data).toHaveLength(sizeOf(shape));
  const expected = decodeArray(sampled).data;
  const scale = Math.max(...expected.map(Math.abs));
  // The optimizer joins quantised operators, which rounds elsewhere: at most one step of the last scale, 1 / 255.
  const tolerance = model === "quantStatic" ? 1.01 / 255 : 1e-5 * scale;
  for (const [place, number] of expected.entries()) {
    const found = Number(features.data[placeIn(model, shape, place * step)]);
    expect(Math.abs(found - number)).toBeLessThan(tolerance);
  }
}

test.each(cases)(
  "%s gives ONNX Runtime's values, the same bits alone and in company",
  async (model, value) => {
    const base = await fromOnnx(modelFile(model), optionsFor(model, value));
    const count = value.shape[0]!;
    const many = pictures(count, model === "uint8");
    const together = await featuresOf(base, many);
    expectGolden(model, value, together);
    const row = together.data.length / count;
    const pixels = many.data.length / count;
    for (const sample of [0, count - 1]) {
      const picture = many.data.slice(sample * pixels, (sample + 1) * pixels);
      const alone = await featuresOf(base, float32([1, 3, size, size], picture));
      expect(alone.data).toEqual(together.data.slice(sample * row, (sample + 1) * row));
    }
    // One that quantises as it runs takes one scale for a whole batch.
    const samples = { quantDynamic: 1, fixedBatch: 4 }[model] ?? null;
    expect(base.onnx?.form.frozen?.samples).toBe(samples);
  },
);

const imported = ["cnnScript", "cnnDynamo", "vitScript", "vitDynamo"];

test.each(cases.filter(([model]) => imported.includes(model)))(
  "%s as layers gives the same values",
  async (model, value) => {
    const base = await fromOnnx(modelFile(model), { ...optionsFor(model, value), unfreeze: "all" });
    expect(base.onnx?.form.frozen).toBeNull();
    expectGolden(model, value, await featuresOf(base, pictures(value.shape[0]!, false)));
  },
);

test.each([
  ["cnnScript", "/Flatten_output_0"],
  ["cnnDynamo", "view"],
  ["quantStatic", "/Flatten_output_0_DequantizeLinear_Output"],
  ["quantDynamic", "/Flatten_output_0"],
  ["vitScript", "last_hidden_state"],
  ["vitDynamo", "last_hidden_state"],
  ["control", "flat"],
  ["nhwc", "features"],
  ["fixedBatch", "features"],
  ["twoInputs", "image_embeds"],
])("%s is cut at %s where nothing is said", async (file, cut) => {
  const model = await readModel(modelFile(file));
  await takeInElements(model, modelFile(file));
  const output = chosenOutput(model);
  const { name } = pictureInput(model.graph!, [output], file);
  expect(beforeClassifier(model.graph!, output, dependentsOf(model.graph!.node, name))).toBe(cut);
});

test("tokens are taken as asked: the class token, patches as a map, their mean, or all", async () => {
  const shapes = ["", ":patches", ":mean", ":all"].map(async (tokens) => {
    const cut = `last_hidden_state${tokens}`;
    return (await fromOnnx(modelFile("vitDynamo"), { ...usual, cut })).outputShape.slice(1);
  });
  expect(await Promise.all(shapes)).toEqual([[16], [4, 4, 16], [16], [17, 16]]);
});

test.each([
  ["cnnScript", { cut: "Flatten_output" }, /no value "Flatten_output" to cut at\./],
  ["cnnScript", { inputShape: [64, 64, 3] }, /takes pictures of 32 x 32 pixels/],
  ["cnnScript", { cut: "/Add_output_0:cls" }, /:cls takes a part of tokens/],
  ["twoInputs", { cut: "logits_per_image" }, /expected one input .* got tokens int64\[4, 2\] and pixels/],
  ["quantDynamic", { unfreeze: "all" }, /node "pixels_QuantizeLinear" \(DynamicQuantizeLinear\) cannot be/],
  [
    "cnnScript",
    { preprocessing: "cafe" },
    /preprocessing "cafe": expected imagenet, tf, .* or the path of .*no such file\. Did you mean caffe/,
  ],
  ["control", { unfreeze: "from:conv" }, /node "if" \(If\) cannot be trained.*keep the base frozen/],
  ["cnnScript", { unfreeze: "from:wide.Con" }, /has no such node\. Did you mean wide\.Conv/],
])("%s with %j is refused by name", async (model, asked, message) => {
  const options = { ...usual, ...(asked as FromOnnxOptions) };
  await expect(fromOnnx(modelFile(model), options)).rejects.toThrow(message);
});

test.each(["cnnScript", "vitDynamo"])(
  "%s taken apart for gradients says the same, with what was trained",
  async (name) => {
    const base = await fromOnnx(modelFile(name), { ...usual, unfreeze: "last:1" });
    const trained = [...base.namedParameters().values()].filter(({ createdTrainable }) => createdTrainable);
    expect(trained.length).toBeGreaterThan(0);
    for (const parameter of trained) {
      const tensor = parameter.get();
      parameter.set({ ...tensor, data: tensor.data.map((value) => 1.1 * value) });
    }
    const opened = openedBase(base, name);
    expect(opened.namedParameters().size).toBeGreaterThan(base.namedParameters().size);
    const [own, other] = [
      await featuresOf(base, pictures(2, false)),
      await featuresOf(opened, pictures(2, false)),
    ];
    for (const [at, value] of own.data.entries()) expect(other.data[at]).toBeCloseTo(Number(value), 4);
  },
);

test("a quantised model cannot be taken apart", async () => {
  const base = await fromOnnx(modelFile("quantStatic"), usual);
  expect(() => openedBase(base, "quant.onnx")).toThrow(expect.objectContaining({ code: "NO_GRADIENT" }));
});

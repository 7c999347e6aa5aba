import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { openWeights } from "../../src/formats/openWeights.ts";
import { summarizeWeights } from "../../src/formats/summary.ts";
import type { WeightFile } from "../../src/formats/weightFile.ts";
import { decodeArray, type GoldenArray, goldenFile } from "../support/goldenArrays.ts";

interface Listed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

const golden = goldenFile<{
  readonly keras: readonly (GoldenArray & { readonly layer: string; readonly path: string })[];
  readonly hdf5: readonly Listed[];
  readonly numpy: readonly Listed[];
  readonly torch: readonly Listed[];
}>("weightFiles");

async function open(name: string): Promise<WeightFile> {
  const file = await openWeights(fileURLToPath(new URL(`../golden/weights/${name}`, import.meta.url)));
  onTestFinished(() => file.close());
  return file;
}

async function listed(file: WeightFile): Promise<readonly Listed[]> {
  const all: Listed[] = [];
  for (const name of file.tensors.keys()) {
    const { shape, data } = await file.read(name);
    all.push({ name, shape, values: Array.from<number | bigint, number>(data, Number) });
  }
  return all;
}

const byName = (a: Listed, b: Listed) => (a.name < b.name ? -1 : 1);

describe("files that Keras wrote", () => {
  test.each([
    ["smallWeights.h5", "Keras weights (.h5)"],
    ["small.h5", "Keras model (.h5)"],
    ["small.weights.h5", "Keras weights (.weights.h5)"],
    ["small.keras", "Keras archive (.keras)"],
  ])("%s is known by its content and has every weight of every layer", async (name, format) => {
    const file = await open(name);
    expect(file.format).toBe(format);
    const weights = [...file.tensors.values()].filter(({ role }) => role !== "optimizer");
    expect(weights.length).toBe(golden.keras.length);
    const isLegacy = format.endsWith("(.h5)");
    // In the newer layout a nested model's weights belong to its layers, which stand in the order of their classes.
    const owner = (layer: string) => (!isLegacy && layer === "inner" ? "inner_conv" : layer);
    for (const layer of new Set(golden.keras.map((weight) => weight.layer))) {
      const wanted = golden.keras.filter((weight) => weight.layer === layer).map(decodeArray);
      const found = weights.filter((entry) => entry.layer === owner(layer)).map((entry) => entry.name);
      expect(await Promise.all(found.map((tensor) => file.read(tensor)))).toEqual(wanted);
    }
  });

  test("a whole model has its configuration and its optimizer's numbers apart", async () => {
    for (const name of ["small.h5", "small.keras"]) {
      const file = await open(name);
      const summary = summarizeWeights(file);
      expect(summary.model).toBe('Functional "small"');
      expect(summary.parameters).toBe(
        golden.keras.reduce((sum, weight) => sum + decodeArray(weight).data.length, 0),
      );
      expect(summary.tensors.some(({ role }) => role === "optimizer")).toBe(true);
      expect(summary.metadata["keras_version"]).toMatch(/^3\./);
    }
  });
});

describe("files that other programs wrote", () => {
  test("h5py's packed, half, big-endian and resizable datasets have their values", async () => {
    const file = await open("packed.h5");
    expect(file.format).toBe("HDF5");
    expect([...(await listed(file))].sort(byName)).toEqual([...golden.hdf5].sort(byName));
  });

  test.each(["arrays.npz", "packed.npz"])("NumPy's %s has every array in row-major order", async (name) => {
    const file = await open(name);
    expect(await listed(file)).toEqual(golden.numpy);
  });

  test("NumPy's single array is read", async () => {
    const [array] = await listed(await open("one.npy"));
    expect(array).toEqual({ ...golden.numpy.find(({ name }) => name === "fortran"), name: "array" });
  });

  test("PyTorch's ONNX export has its initialisers", async () => {
    const file = await open("small.onnx");
    expect(file.format).toBe("ONNX");
    expect(file.metadata.get("producer_name")).toBe("pytorch");
    expect([...(await listed(file))].sort(byName)).toEqual([...golden.torch].sort(byName));
  });

  test("PyTorch's pickle is refused with the reason and the command that converts it", async () => {
    await expect(open("pickle.pt")).rejects.toMatchObject({
      code: "FORMAT_UNKNOWN",
      message: expect.stringMatching(/can run code.*\n +python -c .*weights_only=True.*pickle\.safetensors/s),
    });
  });

  test("NumPy's arrays of objects are refused", async () => {
    await expect(open("objects.npy")).rejects.toThrow(/Python objects, which can run code/);
  });
});

const shared = fileURLToPath(new URL("../../../shared/weights/mobilenet_1_0_224_tfjs", import.meta.url));
const isHere = existsSync(shared);
if (!isHere) process.stderr.write(`skipped: no MobileNet weights at ${shared}\n`);

describe.skipIf(!isHere)("the public MobileNet as a TensorFlow.js model", () => {
  test("is listed with the one file that is missing, and the others are read", async () => {
    const file = await openWeights(shared);
    onTestFinished(() => file.close());
    const summary = summarizeWeights(file);
    expect(summary).toMatchObject({ format: "TensorFlow.js layers model", parameters: 4_253_864 });
    expect(summary).toMatchObject({ couldBe: ["MobileNet"], missing: ["group37-shard1of1"] });
    expect(summary.tensors.filter(({ missing }) => missing !== undefined).map(({ name }) => name)).toEqual([
      "conv_pw_13/kernel",
    ]);
    const kernel = await file.read("conv1/kernel");
    expect(kernel.shape).toEqual([3, 3, 3, 32]);
    expect(kernel.data.every((value) => Math.abs(Number(value)) < 10)).toBe(true);
    await expect(file.read("conv_pw_13/kernel")).rejects.toThrow(/group37-shard1of1 is not there/);
  });
});

import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openWeights } from "../../src/formats/openWeights.ts";
import { encodeSafetensors } from "../../src/tensor/safetensors.ts";
import { float32 } from "../../src/tensor/tensor.ts";
import { type Tree, temporaryTree } from "../support/temporaryTree.ts";
import { ggufFile, onnxFile, zipFile } from "./writeFormats.ts";

async function opened(tree: Tree, name = Object.keys(tree)[0]!) {
  const root = await temporaryTree(tree);
  const file = await openWeights(path.join(root, name));
  onTestFinished(() => file.close());
  return file;
}

const shard = (name: string, values: number[]) =>
  encodeSafetensors([{ name, tensor: float32([values.length], values) }]);

describe("safetensors", () => {
  test("one file is read whatever its name", async () => {
    const file = await opened({ "weights.bin": shard("a", [1, 2]) });
    expect(file.format).toBe("safetensors");
    expect(await file.read("a")).toEqual(float32([2], [1, 2]));
    await expect(file.read("b")).rejects.toMatchObject({ code: "UNKNOWN_NAME" });
  });

  const index = (shards: Record<string, string>) =>
    JSON.stringify({ metadata: { total_size: 8 }, weight_map: shards });

  test("an index joins its shards, and a missing one is named", async () => {
    const file = await opened({
      "model.safetensors.index.json": index({ a: "1.safetensors", b: "2.safetensors", c: "3.safetensors" }),
      "1.safetensors": shard("a", [1]),
      "2.safetensors": shard("b", [2]),
    });
    expect(await file.read("b")).toEqual(float32([1], [2]));
    expect(file.tensors.get("c")?.missing).toBe("3.safetensors");
    await expect(file.read("c")).rejects.toThrow(/3\.safetensors is not there/);
  });

  test.each(["../other.safetensors", "/etc/passwd", "a/../../b", "C:\\x", ""])(
    "a shard at %j is refused",
    async (at) => {
      await expect(opened({ "index.json": index({ a: at }) })).rejects.toThrow(/outside its folder/);
    },
  );
});

describe("TensorFlow.js", () => {
  const model = (weights: unknown[], paths = ["one.bin", "two.bin"]) =>
    JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths, weights }] });

  test("tensors reach over shards and are dequantised", async () => {
    const file = await opened({
      "model.json": model([
        { name: "a", shape: [3], dtype: "float32" },
        { name: "b", shape: [2], dtype: "float32", quantization: { dtype: "uint8", scale: 0.5, min: -1 } },
        { name: "c", shape: [1], dtype: "float32", quantization: { dtype: "float16" } },
      ]),
      "one.bin": new Uint8Array(Float32Array.of(1, 2, 3).buffer, 0, 6),
      "two.bin": Buffer.concat([
        Buffer.from(Float32Array.of(1, 2, 3).buffer).subarray(6),
        Buffer.from([0, 4, 0, 0x3c]),
      ]),
    });
    expect(await file.read("a")).toEqual(float32([3], [1, 2, 3]));
    expect(await file.read("b")).toEqual(float32([2], [-1, 1]));
    expect(await file.read("c")).toEqual(float32([1], [1]));
  });

  test("shards that are too short are told with both sizes", async () => {
    const file = await opened({
      "model.json": model([{ name: "a", shape: [3], dtype: "float32" }]),
      "one.bin": new Uint8Array(4),
      "two.bin": new Uint8Array(4),
    });
    await expect(file.read("a")).rejects.toThrow(/ends at byte 12 of its group, which has 8/);
  });
});

describe("GGUF and ONNX", () => {
  test("a GGUF file is listed and read", async () => {
    const file = await opened({ "a.gguf": ggufFile("w", [2, 3], [1, 2, 3, 4, 5, 6]) });
    expect(file.metadata.get("general.name")).toBe("test");
    expect(await file.read("w")).toEqual(float32([2, 3], [1, 2, 3, 4, 5, 6]));
  });

  test("an ONNX model has raw, typed and external initialisers", async () => {
    const file = await opened({
      "a.onnx": onnxFile("rest/w.bin"),
      "rest/w.bin": new Uint8Array(Float32Array.of(0, 7, 8).buffer),
    });
    expect(await file.read("raw")).toEqual(float32([2], [1, 2]));
    expect(await file.read("typed")).toEqual(float32([1, 2], [3, 4]));
    expect((await file.read("long")).data).toEqual(BigInt64Array.of(-1n, 300n));
    expect(await file.read("external")).toEqual(float32([2], [7, 8]));
  });

  test("external data outside the model's folder are refused", async () => {
    await expect(opened({ "a.onnx": onnxFile("../w.bin") })).rejects.toThrow(/outside its folder/);
  });
});

describe("zip archives", () => {
  const npy = Buffer.concat([
    Buffer.from("\x93NUMPY\x01\x00", "latin1"),
    Buffer.from([0x36, 0]),
    Buffer.from("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}".slice(0, 54).padEnd(54)),
    Buffer.alloc(4),
  ]);

  test.each([
    [
      "a name that leads out",
      zipFile([{ name: "../a.npy", content: npy }]),
      /leads out of the archive's folder/,
    ],
    [
      "one name twice",
      zipFile([
        { name: "a.npy", content: npy },
        { name: "a.npy", content: npy },
      ]),
      /its name is there twice/,
    ],
    ["a member that lies about its size", zipFile([{ name: "a.npy", content: npy, size: 9 }]), /9 announced/],
    [
      "a bomb",
      zipFile([{ name: "a.npy", content: npy, size: 2 ** 31, method: 8 }]),
      /would unpack to 2147483648/,
    ],
    ["another compression", zipFile([{ name: "a.npy", content: npy, method: 14 }]), /compression method 14/],
    ["no array", zipFile([{ name: "a.txt", content: npy }]), /a zip archive with a\.txt in it/],
  ])("one with %s is refused", async (_what, bytes, message) => {
    await expect(opened({ "a.npz": bytes })).rejects.toThrow(message);
  });

  test("a wrong checksum is told when the array is read", async () => {
    const file = await opened({ "a.npz": zipFile([{ name: "a.npy", content: npy, crc: 1 }]) });
    await expect(file.read("a")).rejects.toThrow(/member "a\.npy": its checksum/);
  });
});

describe("other files", () => {
  test.each([
    ["text", "hello", /its content is none of those/],
    ["nothing", "", /it is empty/],
    ["other JSON", "{}", /JSON without weightsManifest/],
    ["a bare pickle", "\x80\x02}q\x00.", /Reading one can run code/],
  ])("%s is refused", async (_what, content, message) => {
    const error = opened({ file: Buffer.from(content, "latin1") });
    await expect(error).rejects.toMatchObject({
      code: "FORMAT_UNKNOWN",
      message: expect.stringMatching(message),
    });
  });

  test("a file that is not there is NOT_FOUND", async () => {
    await expect(openWeights("/nowhere/x.h5")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

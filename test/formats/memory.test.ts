import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodeHdf5 } from "../../src/formats/hdf5/encodeHdf5.ts";
import { temporaryFolder } from "../support/pictures.ts";
import { zipFile } from "./writeFormats.ts";

const child = fileURLToPath(new URL("../support/readerMemory.js", import.meta.url));
const sound = fileURLToPath(new URL("../golden/weights/small.h5", import.meta.url));

/** Large beside what a process takes anyway, so that a factor of the file's size shows. */
const fileBytes = 24 * 2 ** 20;

/**
 * What a process may take beside three times the file: the 64 MiB that a reader may take for any file however small it is, and the
 * engine's own: pages of its heap that it has not given back yet.
 */
const allowance = 96 * 2 ** 20;

const u32 = (...values: readonly number[]) => Buffer.from(Uint32Array.from(values).buffer);
const u64 = (...values: readonly number[]) => Buffer.from(BigUint64Array.from(values, BigInt).buffer);
const filled = (start: Buffer) => Buffer.concat([start, Buffer.alloc(Math.max(0, fileBytes - start.length))]);

/** As many copies as fill the file. @param each - Of equal length for all numbers. */
function repeated(each: string | ((index: number) => Buffer | string)): Buffer {
  if (typeof each === "string")
    return Buffer.alloc(fileBytes - (fileBytes % each.length), Buffer.from(each, "latin1"));
  const first = Buffer.from(each(0));
  const count = Math.floor(fileBytes / first.length);
  const all = Buffer.alloc(count * first.length);
  for (let index = 0; index < count; index++) Buffer.from(each(index)).copy(all, index * first.length);
  return all;
}

const digits = (index: number) => index.toString(36).padStart(5, "0");

function safetensors(header: Buffer): Buffer {
  return Buffer.concat([u64(header.length), header]);
}

function manyTensors(): Buffer {
  const entry = (index: number) => `"${digits(index)}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},`;
  return safetensors(Buffer.concat([Buffer.from("{"), repeated(entry), Buffer.from('"z":{}}')]));
}

/** A protobuf field of bytes whose length takes four bytes. */
function longField(number: number, content: Buffer, length = content.length): Buffer {
  const digitsOf = [0, 1, 2, 3].map((place) => ((length >> (7 * place)) & 127) | (place < 3 ? 128 : 0));
  return Buffer.concat([Buffer.from([8 * number + 2, ...digitsOf]), content]);
}

const ggufStart = (tensors: number, entries: number) =>
  Buffer.concat([Buffer.from("GGUF"), u32(3), u64(tensors, entries)]);
const ggufText = (text: string) => Buffer.concat([u64(text.length), Buffer.from(text)]);

/** An HDF5 file with one dataset whose shape says more than is there. */
function hdf5(shape: number): Buffer {
  const count = fileBytes / 4 + 1;
  const dataset = {
    kind: "dataset",
    dtype: "float32",
    shape: [count],
    elements: () => new Uint8Array(4 * count),
  } as const;
  const { pieces } = encodeHdf5({ kind: "group", attributes: {}, members: new Map([["w", dataset]]) });
  const bytes = Buffer.concat([...pieces()]);
  for (let at = bytes.indexOf(u64(count)); at >= 0; at = bytes.indexOf(u64(count), at))
    u64(shape).copy(bytes, at);
  return bytes;
}

const zeros = deflateRawSync(Buffer.alloc(512 * 2 ** 20), { level: 9 });

const cases: Readonly<Record<string, () => Buffer>> = {
  "safetensors: a header of many tensors": manyTensors,
  "safetensors: a header of lists in lists": () => {
    const lists = repeated("[],");
    return safetensors(Buffer.concat([Buffer.from('{"a":['), lists, Buffer.from("0]}")]));
  },
  "safetensors: a shape of 2^50": () =>
    filled(
      safetensors(Buffer.from(`{"a":{"dtype":"F32","shape":[${2 ** 48}],"data_offsets":[0,${2 ** 50}]}}`)),
    ),
  "HDF5: a shape of 2^48": () => hdf5(2 ** 48),
  "GGUF: a list of small numbers": () => {
    const count = fileBytes - 64;
    return filled(Buffer.concat([ggufStart(0, 1), ggufText("list"), u32(9), u32(0), u64(count)]));
  },
  "GGUF: as many tensors as there are bytes for": () => {
    const entry = (index: number) => Buffer.concat([ggufText(digits(index)), u32(0), u32(0), u64(0)]);
    const entries = repeated(entry);
    return Buffer.concat([ggufStart(entries.length / entry(0).length, 0), entries]);
  },
  "GGUF: 2^60 tensors": () => filled(ggufStart(2 ** 60, 0)),
  "ONNX: millions of empty initialisers": () =>
    Buffer.concat([Buffer.from([8, 8]), longField(7, repeated("\x2a\0"))]),
  "ONNX: millions of axes": () =>
    Buffer.concat([Buffer.from([8, 8]), longField(7, longField(5, repeated("\x08\x01")))]),
  "TensorFlow.js: a list of millions": () =>
    Buffer.concat([Buffer.from('{"weightsManifest":['), repeated("{},"), Buffer.from("0]}")]),
  "npy: a shape of 2^50": () => {
    const header = `{'descr': '<f4', 'fortran_order': True, 'shape': (${2 ** 24}, ${2 ** 24}), }`
      .padEnd(117)
      .concat("\n");
    return filled(
      Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), Buffer.from([118, 0]), Buffer.from(header)]),
    );
  },
  "npz: a member of zeros that unpacks to half a gigabyte": () =>
    zipFile([
      { name: "stored.bin", content: Buffer.alloc(fileBytes - zeros.length) },
      { name: "a.npy", content: zeros, size: 512 * 2 ** 20, method: 8 },
    ]),
  "Keras archive: a configuration that unpacks to half a gigabyte": () =>
    zipFile([
      { name: "stored.bin", content: Buffer.alloc(fileBytes - zeros.length) },
      { name: "config.json", content: zeros, size: 512 * 2 ** 20, method: 8 },
      { name: "model.weights.h5", content: Buffer.alloc(8) },
    ]),
};

describe("a hostile file takes no more memory than three times its size", () => {
  it.each(Object.entries(cases))("%s", async (_what, make) => {
    const file = path.join(await temporaryFolder("reader-memory"), "hostile");
    const content = make();
    await writeFile(file, content);
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--max-semi-space-size=4",
      child,
      sound,
      file,
    ]);
    const { outcome, grown, piece } = JSON.parse(stdout);
    expect(outcome).toBe("WEIGHTS_INVALID");
    expect(grown).toBeLessThan(3 * content.length + allowance);
    expect(piece).toBeLessThan(3 * content.length);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PermafrostError } from "../base/errors.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
import { parseSafetensorsHeader } from "./safetensorsHeader.ts";
import { float32, sizeOf, tensor } from "./tensor.ts";

/** A file with this header and so many data bytes. */
function file(header: string, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function refusal(bytes: Uint8Array): string {
  try {
    decodeSafetensors(bytes, "head.safetensors");
  } catch (error) {
    if (error instanceof PermafrostError && error.code === "WEIGHTS_INVALID") return error.message;
    throw error;
  }
  return "accepted";
}

const entry = (begin: number, end: number, shape: number[] = [(end - begin) / 4], dtype = "F32") =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

describe("safetensors", () => {
  test("what is written is read, for every element type, name and shape", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
    const named = fc.record({ name: fc.string(), shape: sizes, dtype: fc.constantFrom("F", "I", "U") });
    fc.assert(
      fc.property(fc.uniqueArray(named, { selector: ({ name }) => name, maxLength: 5 }), (specs) => {
        const tensors = specs
          .filter(({ name }) => name !== "__metadata__")
          .map(({ name, shape, dtype }, index) => {
            const values = Array.from({ length: sizeOf(shape) }, (_, i) => (i + index) % 251);
            if (dtype === "F") return { name, tensor: float32(shape, values) };
            if (dtype === "U") return { name, tensor: tensor("uint8", shape, Uint8Array.from(values)) };
            return { name, tensor: tensor("int64", shape, BigInt64Array.from(values.map(BigInt))) };
          });
        const read = decodeSafetensors(encodeSafetensors(tensors, { a: "ä" }), "x");
        expect(read.metadata.get("a")).toBe("ä");
        expect(read.tensors.size).toBe(tensors.length);
        for (const { name, tensor: written } of tensors) expect(read.tensors.get(name)).toEqual(written);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test("elements start at a multiple of 8 bytes and the header is what other readers expect", () => {
    const bytes = encodeSafetensors([{ name: "dense/kernel", tensor: float32([2, 1], [1, 2]) }]);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect((8 + length) % 8).toBe(0);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd()).toBe(
      '{"dense/kernel":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}',
    );
  });

  test.each([
    ["no bytes at all", new Uint8Array(0), /expected at least 8 bytes, got 0/],
    [
      "a length beyond the file",
      file("{}", 0).fill(0xff, 0, 8),
      /header of 18446744073709551615 bytes, but at most 2/,
    ],
    ["no JSON", file("hello", 0), /its header is not JSON/],
    ["an array", file("[]", 0), /its header is not a JSON object/],
    ["bad UTF-8", file("{}", 0).fill(0xff, 8, 9), /its header is not JSON/],
    ["a name twice", file(`{"a":${entry(0, 4)},"\\u0061":${entry(0, 4)}}`, 4), /has the name "a" twice/],
    ["overlap", file(`{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 12), /"b" at byte \d+ overlaps/],
    [
      "a hole",
      file(`{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, 12),
      /4 bytes before tensor "b" belong to no tensor/,
    ],
    [
      "bytes behind the last tensor",
      file(`{"a":${entry(0, 4)}}`, 9),
      /5 bytes at its end belong to no tensor/,
    ],
    [
      "a tensor beyond the file",
      file(`{"a":${entry(0, 4000)}}`, 8),
      /"a" ends at byte \d+, the file at byte \d+/,
    ],
    [
      "a lying shape",
      file(`{"a":${entry(0, 8, [3])}}`, 8),
      /F32\[3\] needs 12 bytes, its data_offsets give 8/,
    ],
    ["a negative size", file(`{"a":${entry(0, 4, [-1])}}`, 4), /shape is not a list of whole numbers/],
    ["a fraction", file(`{"a":${entry(0, 4, [0.5])}}`, 4), /shape is not a list of whole numbers/],
    ["a huge shape", file(`{"a":${entry(0, 8, [2 ** 50, 2 ** 50])}}`, 8), /needs .* bytes/],
    ["offsets the wrong way round", file(`{"a":${entry(4, 0, [1])}}`, 4), /not \[start, end\]/],
    ["an unknown type", file(`{"a":${entry(0, 4, [1], "F33")}}`, 4), /unknown dtype "F33"/],
    [
      "an inherited name as type",
      file(`{"a":${entry(0, 4, [1], "toString")}}`, 4),
      /unknown dtype "toString"/,
    ],
    ["a type not read", file(`{"a":${entry(0, 4, [2], "BF16")}}`, 4), /type BF16 are not read here/],
    ["metadata that are no texts", file('{"__metadata__":{"a":1}}', 0), /__metadata__: "a" is not a text/],
  ])("a file with %s is refused by name", (_what, bytes, message) => {
    const text = refusal(bytes);
    expect(text).toMatch(message);
    expect(text).toMatch(/^head\.safetensors: /);
  });

  test("changed bytes give WEIGHTS_INVALID or a sound reading, never another failure or a wrong size", () => {
    const good = encodeSafetensors(
      [
        { name: "dense/kernel", tensor: float32([3, 2], [1, 2, 3, 4, 5, 6]) },
        { name: "dense/bias", tensor: float32([2], [7, 8]) },
      ],
      { format: "x" },
    );
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(good.length), (changes, cut) => {
        const bytes = good.slice(0, good.length - (cut % 3 === 0 ? cut : 0));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        if (refusal(bytes) !== "accepted") return;
        for (const { shape, data } of decodeSafetensors(bytes, "x").tensors.values()) {
          expect(data.length).toBe(sizeOf(shape));
        }
      }),
      { seed: 2, numRuns: 2000 },
    );
  });

  test("the header can be read without the data", () => {
    const bytes = encodeSafetensors([{ name: "a", tensor: float32([1000], new Float32Array(1000)) }]);
    const { entries, dataOffset } = parseSafetensorsHeader(bytes.subarray(0, 200), bytes.length, "x");
    expect(entries.get("a")).toEqual({ dtype: "F32", shape: [1000], offset: dataOffset, bytes: 4000 });
  });

  test("bytes inside a larger buffer are read as well", () => {
    const bytes = encodeSafetensors([{ name: "a", tensor: float32([3], [1, 2, 3]) }]);
    const inside = Buffer.concat([Buffer.from("abc"), bytes]).subarray(3);
    expect(decodeSafetensors(inside, "x").tensors.get("a")).toEqual(float32([3], [1, 2, 3]));
  });

  test("two tensors of one name are refused when writing", () => {
    const one = { name: "a", tensor: float32([1], [1]) };
    expect(() => encodeSafetensors([one, one])).toThrow(/"a" is taken already/);
  });
});

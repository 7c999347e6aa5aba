import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PermafrostError } from "../base/errors.ts";
import { readGguf } from "./ggufReader.ts";

/** Writes little-endian numbers and texts as GGUF has them. */
class Bytes {
  readonly parts: Buffer[] = [];

  u32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeUInt32LE(value);
    this.parts.push(part);
    return this;
  }

  u64(value: number | bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigUInt64LE(BigInt(value));
    this.parts.push(part);
    return this;
  }

  text(value: string): this {
    this.u64(Buffer.byteLength(value)).parts.push(Buffer.from(value));
    return this;
  }

  raw(bytes: ArrayLike<number>): this {
    this.parts.push(Buffer.from(Uint8Array.from(bytes)));
    return this;
  }

  align(alignment: number): this {
    const size = Buffer.concat(this.parts).length;
    return this.raw(new Uint8Array((alignment - (size % alignment)) % alignment));
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.parts));
  }
}

interface Entry {
  readonly name?: string;
  readonly shape?: readonly (number | bigint)[];
  readonly type?: number;
  readonly offset?: number | bigint;
}

/** A file with one text entry, one list, and a 2x3 tensor of halves 1 to 6. */
function file(
  entry: Entry = {},
  counts: { tensors?: number | bigint; entries?: number | bigint } = {},
): Uint8Array {
  const { name = "weight", shape = [3, 2], type = 1, offset = 0 } = entry;
  const out = new Bytes().raw(Buffer.from("GGUF")).u32(3);
  out.u64(counts.tensors ?? 1).u64(counts.entries ?? 2);
  out.text("general.name").u32(8).text("a net");
  out.text("sizes").u32(9).u32(4).u64(2).u32(7).u32(8);
  out.text(name).u32(shape.length);
  for (const size of shape) out.u64(size);
  out.u32(type).u64(offset).align(32);
  return out.raw([0, 0x3c, 0, 0x40, 0, 0x42, 0, 0x44, 0, 0x45, 0, 0x46]).bytes;
}

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof PermafrostError) return error.code;
    throw error;
  }
  return "none";
}

describe("readGguf", () => {
  it("reads metadata and tensors, rows first", () => {
    const { metadata, tensors } = readGguf(file(), "test");
    expect([...metadata]).toEqual([
      ["general.name", "a net"],
      ["sizes", [7, 8]],
    ]);
    expect(tensors.get("weight")?.shape).toEqual([2, 3]);
    expect([...tensors.get("weight")!.data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["a text", new Uint8Array(Buffer.from("this is no model file"))],
    ["another version", Uint8Array.from(file(), (byte, index) => (index === 4 ? 99 : byte))],
  ])("says that %s is no GGUF file", (_what, bytes) => {
    expect(codeOf(() => readGguf(bytes, "test"))).toBe("FORMAT_UNKNOWN");
  });

  it.each<[string, Uint8Array]>([
    ["a huge number of tensors", file({}, { tensors: 2n ** 63n })],
    ["a huge number of entries", file({}, { entries: 2n ** 60n })],
    ["too many axes", file({ shape: [1, 1, 1, 1, 6] })],
    ["a huge size", file({ shape: [2n ** 40n, 2n ** 40n] })],
    ["an offset past the end", file({ offset: 2n ** 50n })],
    ["a quantized type", file({ type: 8 })],
    ["a tensor larger than the file", file({ shape: [3, 3] })],
  ])("refuses %s", (_what, bytes) => {
    expect(codeOf(() => readGguf(bytes, "test"))).toBe("WEIGHTS_INVALID");
  });

  it("fails cleanly wherever the file is cut or damaged", () => {
    const whole = file();
    for (let length = 0; length < whole.length; length++) {
      expect(codeOf(() => readGguf(whole.subarray(0, length), "test"))).toMatch(
        /WEIGHTS_INVALID|FORMAT_UNKNOWN/,
      );
    }
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (index, byte) => {
        const damaged = whole.slice();
        damaged[index] = byte;
        expect(codeOf(() => readGguf(damaged, "test"))).toMatch(/WEIGHTS_INVALID|FORMAT_UNKNOWN|none/);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

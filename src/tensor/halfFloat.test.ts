import { describe, expect, it } from "vitest";
import { Random } from "../base/random.ts";
import { decodeHalf, encodeHalf, type HalfFormat } from "./halfFloat.ts";

function encoded(format: HalfFormat, ...values: number[]): number[] {
  const into = new Uint16Array(values.length);
  encodeHalf(format, Float32Array.from(values), into);
  return [...into];
}

function decoded(format: HalfFormat, halves: ArrayLike<number>): Float32Array {
  const into = new Float32Array(halves.length);
  decodeHalf(format, Uint16Array.from(halves), into);
  return into;
}

const all = Uint16Array.from({ length: 65_536 }, (_, i) => i);

describe.each(["float16", "bfloat16"] as const)("%s", (format) => {
  it("brings back every number of the format as it was", () => {
    const values = decoded(format, all);
    const back = new Uint16Array(all.length);
    encodeHalf(format, values, back);
    const again = decoded(format, back);
    const isSame = (half: number) =>
      Number.isNaN(values[half]!) ? Number.isNaN(again[half]!) : back[half] === half;
    expect([...all].filter((half) => !isSame(half))).toEqual([]);
  });

  it("rounds any number to the nearest, ties to the one with an even last bit", () => {
    // Ordered, finite, not negative: neighbours in value are neighbours in bits.
    const finite = decoded(format, all.subarray(0, format === "float16" ? 0x7c00 : 0x7f80));
    const random = new Random(3, "half");
    for (let i = 0; i + 1 < finite.length; i += 7) {
      const [low, high] = [finite[i]!, finite[i + 1]!];
      const middle = (low + high) / 2;
      expect(encoded(format, middle)[0]).toBe(i % 2 === 0 ? i : i + 1);
      const between = Math.fround(low + random.uniform(0, 1) * (high - low));
      const nearest = between < middle || (between === middle && i % 2 === 0) ? i : i + 1;
      expect(encoded(format, between, -between)).toEqual([nearest, nearest | 0x8000]);
    }
  });
});

describe("float16", () => {
  it("keeps the format's own landmarks", () => {
    const values = [1, -2, 65_504, 2 ** -14, 2 ** -24, 0.1, -0];
    expect(encoded("float16", ...values)).toEqual([0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x2e66, 0x8000]);
  });

  it("rounds what is too large to infinity and what is too small to zero", () => {
    expect(encoded("float16", 65_519.99, 65_520, 1e30, -Infinity)).toEqual([0x7bff, 0x7c00, 0x7c00, 0xfc00]);
    expect(encoded("float16", 2 ** -25, 1.001 * 2 ** -25, 1e-40)).toEqual([0, 1, 0]);
  });
});

describe("bfloat16", () => {
  it("is float32 without its lower half", () => {
    expect(encoded("bfloat16", 1, -2, 0.1, 3.4e38, 1e-40)).toEqual([0x3f80, 0xc000, 0x3dcd, 0x7f80, 0x0001]);
  });
});

describe("float16", () => {
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x83ff, -1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])("%i is %d", (bits, value) => {
    expect(decoded("float16", [bits])[0]).toBe(value);
  });
});

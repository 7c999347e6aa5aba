import { describe, expect, it } from "vitest";
import { philox4x32, Random } from "./random.ts";

describe("philox4x32", () => {
  // The known-answer vectors that Salmon et al. publish with Random123 (kat_vectors, philox4x32 with 10 rounds).
  it.each([
    [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      "408f276d 41c83b0e a20bc7c6 6d5451fd",
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      "d16cfe09 94fdcceb 5001e420 24126ea1",
    ],
  ] as const)("counter %j and key %j give the published words", (counter, key, words) => {
    const block = philox4x32(counter, key);
    expect([...block].map((word) => word.toString(16).padStart(8, "0")).join(" ")).toBe(words);
  });
});

describe("Random", () => {
  it("depends only on its path", () => {
    expect(new Random(1, "a").uint32()).toBe(new Random(1, "a").uint32());
    expect(new Random(1, "a").uint32()).not.toBe(new Random(1, "b").uint32());
  });

  it("draws floats of mean 1/2 and variance 1/12", () => {
    const random = new Random(3);
    const draws = Array.from({ length: 20_000 }, () => random.float());
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
  });

  it("permutes without loss", () => {
    expect([...new Random(7).permutation(100)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });

  it("fills an array with the numbers that single calls give, wherever it begins", () => {
    for (const [before, length] of [
      [0, 9],
      [1, 2],
      [3, 8],
      [2, 13],
    ] as const) {
      const [one, other] = [new Random(7, "fill"), new Random(7, "fill")];
      for (let call = 0; call < before; call++) expect(one.uint32()).toBe(other.uint32());
      const filled = new Uint32Array(length);
      one.fill(filled);
      expect([...filled, one.uint32()]).toEqual(Array.from({ length: length + 1 }, () => other.uint32()));
    }
  });
});

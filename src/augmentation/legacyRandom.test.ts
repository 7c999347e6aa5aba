import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LegacyRandom } from "./legacyRandom.ts";

interface Case {
  readonly seed: number;
  readonly doubles: readonly number[];
  readonly permutation16: readonly number[];
  readonly permutation2000: readonly number[];
  readonly mixed: readonly number[];
}

const file = new URL("../../test/golden/mt19937.json", import.meta.url);
const golden: { readonly cases: readonly Case[] } = JSON.parse(readFileSync(file, "utf8"));

describe("LegacyRandom", () => {
  it.each(golden.cases)("gives NumPy's doubles and permutations for seed $seed", (expected) => {
    const random = new LegacyRandom(expected.seed);
    expect(Array.from({ length: 10 }, () => random.float())).toEqual(expected.doubles);
    expect([...new LegacyRandom(expected.seed).permutation(16)]).toEqual(expected.permutation16);
    random.seed(expected.seed);
    expect([...random.permutation(2000)]).toEqual(expected.permutation2000);
  });

  it.each(golden.cases)("takes as many numbers as NumPy for choices with seed $seed", ({ seed, mixed }) => {
    const random = new LegacyRandom(seed);
    const numbers: number[] = [];
    for (const bound of [1, 2, 3, 7, 64, 1000, 1e7]) {
      numbers.push(random.integer(bound), random.uniform(-bound, bound), [-1, 1][random.integer(2)]!);
      numbers.push(random.integer(bound));
    }
    expect(numbers).toEqual(mixed);
  });

  it.each([-1, 2 ** 32, 0.5])("refuses the seed %d", (seed) => {
    expect(() => new LegacyRandom(seed)).toThrow(/0 to 4294967295/);
  });
});

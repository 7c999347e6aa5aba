import { describe, expect, it } from "vitest";
import { Random } from "../../base/random.ts";
import { selectionNoise } from "./selectionNoise.ts";

const images = 400;

function candidate(seed: number, accuracy: number): Uint8Array {
  const random = new Random(seed, "candidate");
  return Uint8Array.from({ length: images }, () => Number(random.float() < accuracy));
}

describe("selection noise", () => {
  it("is what tells equally good candidates apart: the best of them looks too good, and the choice is allowed for", () => {
    const right = Array.from({ length: 60 }, (_, at) => candidate(at, 0.8));
    const { fromBest, unbiased } = selectionNoise(right);
    const best = Math.max(...right.map((each) => each.reduce((sum, one) => sum + one, 0) / images));
    expect(best).toBeGreaterThan(0.83);
    expect(unbiased.optimism).toBeGreaterThan(0.01);
    expect(Math.abs(unbiased.accuracy - 0.8)).toBeLessThan(Math.abs(best - 0.8));
    expect(fromBest.filter(({ isNoise }) => isNoise).length).toBeGreaterThan(50);
  });

  it("does not hide a candidate that is really better", () => {
    const right = [candidate(0, 0.7), candidate(1, 0.95), candidate(2, 0.7)];
    const { fromBest, unbiased } = selectionNoise(right);
    expect(fromBest.map(({ isNoise }) => isNoise)).toEqual([false, true, false]);
    expect(fromBest[1]!.difference).toBe(0);
    expect(Math.abs(unbiased.optimism)).toBeLessThan(0.01);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalShares } from "./equalShares.ts";

describe("equalShares", () => {
  it("gives every worker as many batches of nearly one size", () => {
    expect(equalShares(60, 2, 8)).toEqual([8, 7, 8, 7, 8, 7, 8, 7]);
    expect(equalShares(16, 2, 8)).toEqual([8, 8]);
    expect(equalShares(17, 2, 8)).toEqual([4, 5, 4, 4]);
    expect(equalShares(1, 4, 8)).toEqual([1]);
    expect(equalShares(0, 2, 8)).toEqual([]);
  });

  it("shares everything out, no batch empty or too large", () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(fc.nat(5000), size, size, (total, workers, most) => {
        const shares = equalShares(total, workers, most);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
        expect(shares.every((share) => share >= 1 && share <= most)).toBe(true);
        expect(Math.max(...shares, 0) - Math.min(...shares, most)).toBeLessThanOrEqual(1);
      }),
      { seed: 3 },
    );
  });
});

import { describe, expect, it } from "vitest";
import { Random } from "../base/random.ts";
import { checkMixing, drawMix, mixRows } from "./mixing.ts";

const draws = (mixing: Parameters<typeof drawMix>[0], count: number) =>
  Array.from({ length: count }, (_, step) => drawMix(mixing, new Random(5, "mixing", 0, step), 30, 40));

describe("drawMix", () => {
  it.each([0.2, 1, 4])("draws mixup's share from Beta(alpha, alpha) for alpha %d", (alpha) => {
    const shares = draws({ mixup: alpha }, 4000).map(({ share }) => share);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
    expect(mean).toBeCloseTo(0.5, 1);
    // The variance of Beta(a, a) is 1 / (4 (2 a + 1)); of 4000 draws it is within 6 %.
    expect(variance * 4 * (2 * alpha + 1)).toBeGreaterThan(0.94);
    expect(variance * 4 * (2 * alpha + 1)).toBeLessThan(1.06);
  });

  it("gives cutmix's labels the share of the pixels that stay", () => {
    for (const { share, box } of draws({ cutmix: 1 }, 200)) {
      const { top, bottom, left, right } = box!;
      expect(share).toBe(1 - ((bottom - top) * (right - left)) / (30 * 40));
      expect([top >= 0, bottom <= 30, left >= 0, right <= 40]).toEqual([true, true, true, true]);
    }
  });

  it("takes one way or the other where both are asked for, about evenly", () => {
    const boxes = draws({ mixup: 1, cutmix: 1 }, 1000).filter(({ box }) => box !== undefined).length;
    expect(boxes).toBeGreaterThan(440);
    expect(boxes).toBeLessThan(560);
  });

  it("is the same for the same seed, epoch and step", () => {
    expect(draws({ mixup: 0.2, cutmix: 1 }, 20)).toEqual(draws({ mixup: 0.2, cutmix: 1 }, 20));
  });
});

describe("mixRows", () => {
  it("blends each row with the one before it, the first with the last", () => {
    const rows = Float32Array.of(1, 10, 2, 20, 4, 40);
    mixRows(rows, 3, { share: 0.75 });
    expect([...rows]).toEqual([1.75, 17.5, 1.75, 17.5, 3.5, 35]);
  });

  it("takes a box of every channel from the row before", () => {
    const picture = (value: number) => Array.from({ length: 2 * 3 * 4 }, () => value);
    const rows = Float32Array.from([...picture(1), ...picture(2)]);
    mixRows(rows, 2, { share: 0, box: { top: 1, bottom: 3, left: 0, right: 2 } }, 4, 3);
    const channel = [1, 1, 1, 1, 2, 2, 1, 1, 2, 2, 1, 1];
    expect([...rows.subarray(0, 24)]).toEqual([...channel, ...channel]);
    expect([...rows.subarray(24)]).toEqual([...channel, ...channel].map((value) => 3 - value));
  });
});

describe("checkMixing", () => {
  it("refuses an alpha that is not above 0", () => {
    for (const cutmix of [0, -1, Number.NaN])
      expect(() => checkMixing({ cutmix })).toThrow("cutmix: expected an alpha above 0");
  });
});

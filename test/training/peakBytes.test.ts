import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { operators } from "../../src/ops/index.ts";
import { peakBytes } from "../../src/training/graphs/peakBytes.ts";

const data = { kind: "data" } as const;

describe("the most bytes alive at once", () => {
  it("are those of values that are still used", () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "float32", shape: ["batch", 10] }, data);
    const a = g.apply(operators.exp, [x], {});
    const b = g.apply(operators.neg, [a], {});
    const c = g.apply(operators.neg, [b], {});
    expect(peakBytes(g.build([c]), 3)).toBe(2 * 3 * 40);
    expect(peakBytes(g.build([g.apply(operators.add, [c, a], {})]), 3)).toBe(3 * 3 * 40);
  });

  it("count Winograd's tiles of a layer's input from the forward pass to the filter gradient", () => {
    const peakBetween = (image: number) => {
      const g = new GraphBuilder();
      const size = [image, image] as const;
      const x = g.input("x", { dtype: "float32", shape: ["batch", 64, ...size] }, data);
      const filters = g.input("w", { dtype: "float32", shape: [128, 64, 3, 3] }, data);
      const pads = [1, 1, 1, 1] as const;
      const y = g.apply(operators.conv2d, [x, filters], { pads });
      // Something large between the two, so that the peak lies there.
      const wide = g.apply(
        operators.broadcastTo,
        [g.apply(operators.reshape, [y], { shape: ["batch", 1, 128, ...size] })],
        {
          shape: ["batch", 20, 128, ...size],
        },
      );
      const dy = g.apply(operators.reduceSum, [wide], { axes: [1] });
      const gradient = g.apply(operators.conv2dFilterGradient, [x, dy], { pads, filterSize: [3, 3] });
      return peakBytes(g.build([gradient]), 2) - 2 * 4 * 128 * image * image * 21;
    };
    // 12 by 12 results are 9 tiles of 36 coordinates; 8 by 8 are too few for the filter gradient's tiles: they go with the forward pass.
    const result = 2 * 4 * 128 * 12 * 12;
    expect(peakBetween(12)).toBeGreaterThanOrEqual(2 * 4 * 36 * 64 * 9);
    expect(peakBetween(12)).toBeLessThanOrEqual(2 * 4 * 36 * 64 * 9 + result);
    expect(peakBetween(8)).toBeLessThanOrEqual(2 * 4 * 128 * 8 * 8);
  });
});

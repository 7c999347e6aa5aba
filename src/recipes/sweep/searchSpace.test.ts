import { describe, expect, it } from "vitest";
import { headLayers } from "../classifier/headLayers.ts";
import { trainingsOf } from "./search.ts";
import { drawnCandidates, gridCandidates, searchAxes } from "./searchSpace.ts";

const axes = searchAxes({
  head: "linear, dense:8+dropout:0.5",
  optimizer: "adam,rmsprop",
  learningRate: "1e-4..1e-2",
  l2: "0,0.01",
  augment: "none",
});

describe("the space of a sweep", () => {
  it("is a grid of all combinations, ranges in half powers of ten", () => {
    const all = gridCandidates(axes);
    expect(all).toHaveLength(2 * 2 * 5 * 2);
    expect(new Set(all.map(({ learningRate }) => learningRate))).toEqual(
      new Set([1e-4, 3.2e-4, 1e-3, 3.2e-3, 1e-2]),
    );
    expect(all[0]).toEqual({ head: "linear,l2:0", optimizer: "adam", learningRate: 1e-4, augment: "none" });
    for (const { head } of all) expect(headLayers(head, 2).length).toBeGreaterThan(0);
  });

  it("is drawn from, the same for the same seed, evenly on a log scale", () => {
    const drawn = drawnCandidates(axes, 200, 1);
    expect(drawnCandidates(axes, 200, 1)).toEqual(drawn);
    const low = drawn.filter(({ learningRate }) => learningRate < 1e-3).length;
    expect(low).toBeGreaterThan(70);
    expect(low).toBeLessThan(130);
    for (const { learningRate } of drawn) {
      expect(learningRate).toBeGreaterThanOrEqual(1e-4);
      expect(learningRate).toBeLessThanOrEqual(1e-2);
    }
  });

  it("may hold fewer candidates than are asked for", () => {
    const few = searchAxes({ head: "linear", optimizer: "adam", learningRate: "0.1,0.2", augment: "none" });
    expect(drawnCandidates(few, 10, 0)).toHaveLength(2);
  });

  it.each([
    [{ learningRate: "1e-2..1e-4" }, /expected numbers above 0/],
    [{ learningRate: "fast" }, /expected numbers above 0/],
    [{ optimizer: "adm" }, /Did you mean adam\?/],
    [{ head: " , " }, /one or more values/],
  ])("refuses %j", (wrong, message) => {
    const usual = { head: "linear", optimizer: "adam", learningRate: "0.1", augment: "none" };
    expect(() => searchAxes({ ...usual, ...wrong })).toThrowError(message);
  });

  it("takes as many trainings as are announced", () => {
    expect(trainingsOf("grid", 20, 5)).toBe(100);
    // 27 + 9 + 3 candidates.
    expect(trainingsOf("halving", 27, 5)).toBe(39 * 5);
  });
});

describe("a head's penalty", () => {
  it("reaches every dense layer, and replaces the linear head's own", () => {
    const penalties = (text: string) =>
      headLayers(text, 3).flatMap((layer) => {
        const { config } = layer as unknown as { config: { kernelRegularizer?: { l2: number } } };
        return config.kernelRegularizer?.l2 ?? [];
      });
    expect(penalties("linear")).toEqual([0.02]);
    expect(penalties("linear,l2:0.5")).toEqual([0.5]);
    expect(penalties("dense:4,dropout:0.1,l2:0.5")).toEqual([0.5, 0.5]);
    expect(penalties("dense:4")).toEqual([]);
  });

  it("that is no number is refused", () => {
    expect(() => headLayers("linear,l2:much", 2)).toThrowError(/l2:much/);
  });
});

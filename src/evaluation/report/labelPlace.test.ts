import { describe, expect, test } from "vitest";
import { labelBaseline } from "./labelPlace.ts";

const room = { top: 0, bottom: 200 };
const label = { x: 100, y: 100, anchor: "middle", characters: 10 } as const;

describe("the place of a label", () => {
  test("is just above its point where nothing is in the way", () => {
    expect(labelBaseline(label, [], room)).toBe(88);
  });

  test("is below where a line runs above", () => {
    const valley = [
      [0, 20],
      [100, 100],
      [200, 20],
    ] as const;
    expect(labelBaseline(label, [valley], room)).toBeGreaterThan(100);
  });

  test("crosses no line, and stays as near as that allows", () => {
    const rising = [
      [0, 150],
      [100, 100],
      [200, 50],
    ] as const;
    const flat = [
      [0, 130],
      [200, 130],
    ] as const;
    // The label is 65 wide: at its right end the rising line is at 82.
    expect(labelBaseline(label, [rising, flat], room)).toBe(76);
  });

  test("stays inside the chart where every place is crossed", () => {
    const wall = [
      [90, 0],
      [100, 200],
      [101, 0],
    ] as const;
    const baseline = labelBaseline(label, [wall], room);
    expect(baseline).toBeGreaterThan(10);
    expect(baseline).toBeLessThan(197);
  });
});

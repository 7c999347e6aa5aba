import { expect, it } from "vitest";
import { balancedClassWeights } from "./classWeights.ts";

it("weighs classes by n / (k * count)", () => {
  expect(balancedClassWeights([0, 0, 0, 1, 2, 2], 3)).toEqual([6 / 9, 2, 1]);
});

it("counts only classes that have samples", () => {
  expect(balancedClassWeights([0, 0, 0, 2], 3)).toEqual([4 / 6, 0, 2]);
});

it("gives the samples a mean weight of 1", () => {
  const labels = [0, 0, 1, 1, 1, 1, 1, 3];
  const weights = balancedClassWeights(labels, 4);
  expect(labels.reduce((sum, label) => sum + weights[label]!, 0) / labels.length).toBeCloseTo(1, 12);
});

import { describe, expect, it } from "vitest";
import { decodeArray, type GoldenArray, goldenFile } from "../../test/support/goldenArrays.ts";
import { applyConstraint, type Constraint, placeConstraint, resolveConstraint } from "./constraints.ts";
import { conv2d, dense } from "./index.ts";
import { permute } from "./layout.ts";

interface Case {
  readonly name: string;
  readonly constraint: Constraint;
  readonly before: GoldenArray;
  readonly after: GoldenArray;
}

const golden = goldenFile<{ readonly cases: readonly Case[] }>("constraints");

describe("constraints", () => {
  it.each(golden.cases)("change weights as Keras's do: $name", ({ constraint, before, after }) => {
    const { shape, data } = decodeArray(before);
    const values = data.slice();
    applyConstraint(placeConstraint(resolveConstraint(constraint), shape), values);
    for (const [index, value] of decodeArray(after).data.entries())
      expect(Math.abs(values[index]! - value)).toBeLessThan(1e-6);
  });

  it.each(golden.cases)("do the same in the engine's layout: $name", ({ constraint, before, after }) => {
    const { shape, data } = decodeArray(before);
    const permutation = shape.map((_, axis) => shape.length - 1 - axis);
    const values = permute(data, shape, permutation);
    applyConstraint(placeConstraint(constraint, shape, permutation), values);
    for (const [index, value] of permute(decodeArray(after).data, shape, permutation).entries())
      expect(Math.abs(values[index]! - value)).toBeLessThan(1e-6);
  });

  it("come from a layer's configuration and reach its weights", () => {
    const layer = conv2d({
      filters: 2,
      kernelSize: 3,
      kernelConstraint: { kind: "maxNorm", maxValue: 3, axis: [0, 1, 2] },
      biasConstraint: "non_neg",
    });
    layer.build([["batch", 8, 8, 4]]);
    const [kernel, bias] = layer.weights;
    expect(kernel!.constraint).toEqual({
      constraint: { kind: "maxNorm", maxValue: 3, axis: [0, 1, 2] },
      shape: [2, 4, 3, 3],
      axes: [2, 3, 1],
    });
    expect(bias!.constraint?.constraint).toEqual({ kind: "nonNeg" });
  });

  it("refuse wrong names, bounds and axes", () => {
    expect(() => resolveConstraint("max_nrm")).toThrow("Did you mean maxNorm?");
    expect(() => resolveConstraint({ kind: "maxNorm", maxValue: -1, axis: 0 })).toThrow(
      "bounds of 0 or more",
    );
    const layer = dense({ units: 2, kernelConstraint: { kind: "unitNorm", axis: 2 } });
    expect(() => layer.build([["batch", 3]])).toThrow("axis 2 does not exist");
  });
});

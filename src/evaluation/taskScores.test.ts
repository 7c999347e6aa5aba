import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { multilabelScores } from "./labelScores.ts";
import { regressionScores } from "./valueScores.ts";

interface F1 {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

interface Golden {
  readonly labels: readonly {
    readonly name: string;
    readonly targets: readonly number[];
    readonly probabilities: readonly number[];
    readonly labels: number;
    readonly exactMatch: number;
    readonly labelAccuracy: number;
    readonly perLabel: Readonly<Record<keyof F1, readonly number[]>>;
    readonly macro: F1;
    readonly micro: F1;
    readonly averagePrecision: readonly number[];
    readonly auc: readonly number[];
  }[];
  readonly values: readonly {
    readonly name: string;
    readonly targets: readonly number[];
    readonly predictions: readonly number[];
    readonly values: number;
    readonly meanAbsoluteError: readonly number[];
    readonly rootMeanSquaredError: readonly number[];
    readonly r2: readonly number[];
    readonly medianError: readonly number[];
    readonly loss: number;
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/taskScores.json", import.meta.url), "utf8"),
) as Golden;

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
const f1Keys = ["precision", "recall", "f1"] as const;

describe("scores of labels", () => {
  it.each(golden.labels)("agree with scikit-learn: $name", (one) => {
    const [p, y] = [Float32Array.from(one.probabilities), Float32Array.from(one.targets)];
    const scores = multilabelScores(p, y, names(one.labels));
    expect(scores.exactMatch).toBeCloseTo(one.exactMatch, 12);
    expect(scores.labelAccuracy).toBeCloseTo(one.labelAccuracy, 12);
    for (const key of f1Keys) {
      expect(scores.macro[key]).toBeCloseTo(one.macro[key], 12);
      expect(scores.micro[key]).toBeCloseTo(one.micro[key], 12);
    }
    for (const [label, own] of scores.perLabel.entries()) {
      for (const key of f1Keys) expect(own[key]).toBeCloseTo(one.perLabel[key][label]!, 12);
      expect(own.averagePrecision).toBeCloseTo(one.averagePrecision[label]!, 12);
      expect(own.auc).toBeCloseTo(one.auc[label]!, 12);
    }
  });

  it("leave labels without images, or on all images, out of the means", () => {
    const scores = multilabelScores(Float32Array.of(0.9, 0.1, 0.2, 0.8), Float32Array.of(1, 0, 1, 0), [
      "a",
      "b",
    ]);
    expect(scores.perLabel.map(({ averagePrecision, auc }) => [averagePrecision, auc])).toEqual([
      [1, null],
      [null, null],
    ]);
    expect([scores.meanAveragePrecision, scores.meanAuc]).toEqual([1, null]);
  });

  it("refuse numbers that do not fit", () => {
    expect(() => multilabelScores(new Float32Array(3), new Float32Array(4), ["a", "b"])).toThrow("as many");
    expect(() => multilabelScores(Float32Array.of(Number.NaN), Float32Array.of(1), ["a"])).toThrow(
      "diverged",
    );
    expect(() => multilabelScores(new Float32Array(0), new Float32Array(0), ["a"])).toThrow("no sample");
  });
});

describe("scores of values", () => {
  it.each(golden.values)("agree with scikit-learn: $name", (one) => {
    const [p, y] = [Float32Array.from(one.predictions), Float32Array.from(one.targets)];
    const scores = regressionScores(p, y, names(one.values));
    expect(scores.loss).toBeCloseTo(one.loss, 4);
    for (const [index, own] of scores.perValue.entries()) {
      for (const key of ["meanAbsoluteError", "rootMeanSquaredError", "r2", "medianError"] as const) {
        expect(own[key]).toBeCloseTo(one[key][index]!, 5);
      }
      const [low, high] = own.meanAbsoluteErrorInterval;
      expect((low + high) / 2).toBeCloseTo(own.meanAbsoluteError, 9);
    }
  });

  it("say nothing of the variance where there is none", () => {
    const scores = regressionScores(Float32Array.of(1, 2), Float32Array.of(3, 3), ["a"]);
    expect(scores.perValue[0]).toMatchObject({ r2: null, bias: -1.5, meanAbsoluteError: 1.5 });
    expect(scores.meanR2).toBeNull();
  });
});

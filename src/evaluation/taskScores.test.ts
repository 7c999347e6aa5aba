import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Interval } from "./interval.ts";
import { labelDetails } from "./labelDetails.ts";
import { multilabelScores } from "./labelScores.ts";
import { valueDetails } from "./valueDetails.ts";
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
    readonly curves: readonly Readonly<
      Record<"falsePositiveRate" | "truePositiveRate" | "precision" | "recall", readonly number[]>
    >[];
    readonly calibration: Readonly<Record<"accuracy" | "confidence", readonly number[]>> &
      Readonly<Record<"expectedCalibrationError" | "brier", number>>;
    readonly intervals: Readonly<
      Record<"macroF1" | "microF1" | "labelAccuracy" | "meanAveragePrecision" | "meanAuc", Interval>
    >;
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
    readonly medianAbsoluteError: readonly number[];
    readonly ninthDecile: readonly number[];
    readonly intervals: Readonly<
      Record<"rootMeanSquaredError" | "r2" | "medianAbsoluteError" | "meanR2", Interval>
    >;
    readonly loss: number;
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../../test/golden/taskScores.json", import.meta.url), "utf8"),
) as Golden;

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
function near(found: readonly number[], expected: readonly number[], digits = 6): void {
  expect(found.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, digits);
}

/** Other draws of the same images: ends differ by chance, by a part of the width (the most where a few images weigh much, as in R²). */
function nearInterval(found: Interval | null, [low, high]: Interval): void {
  const tolerance = 0.15 * (high - low);
  expect(Math.abs(found![0] - low)).toBeLessThan(tolerance);
  expect(Math.abs(found![1] - high)).toBeLessThan(tolerance);
}

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
      [null, null],
      [null, null],
    ]);
    expect([scores.meanAveragePrecision, scores.meanAuc]).toEqual([null, null]);
  });

  it("refuse numbers that do not fit", () => {
    expect(() => multilabelScores(new Float32Array(3), new Float32Array(4), ["a", "b"])).toThrow("as many");
    expect(() => multilabelScores(Float32Array.of(Number.NaN), Float32Array.of(1), ["a"])).toThrow(
      "diverged",
    );
    expect(() => multilabelScores(new Float32Array(0), new Float32Array(0), ["a"])).toThrow("no sample");
  });
});

describe("details of labels", () => {
  it.each(golden.labels)("agree with scikit-learn and SciPy's bootstrap: $name", (one) => {
    const [p, y] = [Float32Array.from(one.probabilities), Float32Array.from(one.targets)];
    const details = labelDetails(p, y, names(one.labels));
    for (const [label, own] of details.perLabel.entries()) {
      const curves = one.curves[label]!;
      near([own.auc!, own.averagePrecision!], [one.auc[label]!, one.averagePrecision[label]!], 12);
      near(own.roc!.falsePositiveRate, curves.falsePositiveRate);
      near(own.roc!.truePositiveRate, curves.truePositiveRate);
      near(own.precisionRecall!.precision, curves.precision);
      near(own.precisionRecall!.recall, curves.recall);
      for (const [value, interval] of [
        [one.perLabel.f1[label]!, own.f1Interval],
        [own.auc!, own.aucInterval],
        [own.averagePrecision!, own.averagePrecisionInterval],
        [one.perLabel.precision[label]!, own.precisionInterval],
      ] as const) {
        expect(interval![0]).toBeLessThanOrEqual(value);
        expect(interval![1]).toBeGreaterThanOrEqual(value);
      }
    }
    const { bins, expectedCalibrationError, brier } = details.calibration;
    near(
      bins.map((bin) => bin.accuracy),
      one.calibration.accuracy,
    );
    near(
      bins.map((bin) => bin.confidence),
      one.calibration.confidence,
    );
    near(
      [expectedCalibrationError, brier],
      [one.calibration.expectedCalibrationError, one.calibration.brier],
    );
    nearInterval(details.macroF1Interval, one.intervals.macroF1);
    nearInterval(details.microF1Interval, one.intervals.microF1);
    nearInterval(details.labelAccuracyInterval, one.intervals.labelAccuracy);
    nearInterval(details.meanAveragePrecisionInterval, one.intervals.meanAveragePrecision);
    nearInterval(details.meanAucInterval, one.intervals.meanAuc);
  });

  it("say where nothing is told apart, and make up no area", () => {
    const details = labelDetails(Float32Array.of(0.9, 0.1, 0.8, 0.2), Float32Array.of(1, 0, 0, 0), [
      "a",
      "b",
    ]);
    expect(details.remarks).toEqual([
      '"a" was given to every image, "b" was given to no image: at a probability of 50 % the network tells nothing apart there.',
      'No image of "b": nothing can be said of this label.',
      'Fewer than 10 images of "a": the intervals are wide, and a single image changes the numbers.',
    ]);
    expect(details.perLabel[1]).toMatchObject({ auc: null, roc: null, precisionRecall: null });
    expect(() => labelDetails(Float32Array.of(Number.NaN), Float32Array.of(1), ["a"])).toThrow("diverged");
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

describe("details of values", () => {
  it.each(golden.values)("agree with scikit-learn and SciPy's bootstrap: $name", (one) => {
    const [p, y] = [Float32Array.from(one.predictions), Float32Array.from(one.targets)];
    const details = valueDetails(p, y, names(one.values));
    near(
      details.perValue.map(({ medianAbsoluteError }) => medianAbsoluteError),
      one.medianAbsoluteError,
      5,
    );
    near(
      details.perValue.map(({ ninthDecile }) => ninthDecile),
      one.ninthDecile,
      5,
    );
    const [first] = details.perValue;
    nearInterval(first!.rootMeanSquaredErrorInterval, one.intervals.rootMeanSquaredError);
    nearInterval(first!.r2Interval, one.intervals.r2);
    nearInterval(first!.medianAbsoluteErrorInterval, one.intervals.medianAbsoluteError);
    nearInterval(details.meanR2Interval, one.intervals.meanR2);
    const bias = first!.errors.reduce((sum, error) => sum + error, 0) / first!.errors.length;
    expect((first!.biasInterval[0] + first!.biasInterval[1]) / 2).toBeCloseTo(bias, 9);
  });

  it("say where the network says the same of every image", () => {
    const details = valueDetails(Float32Array.of(2, 2, 2), Float32Array.of(1, 2, 4), ["a"]);
    expect(details.remarks).toEqual([
      "Fewer than 20 images: the intervals are wide, and a single image changes the numbers.",
      'The network says the same "a" of every image: it tells nothing apart.',
    ]);
  });
});

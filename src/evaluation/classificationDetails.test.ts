import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { areaInterval, areaVariance } from "./areaInterval.ts";
import { type ClassificationDetails, classificationDetails } from "./classificationDetails.ts";
import { precisionRecallCurve, rocCurve } from "./curves.ts";
import { readPredictions } from "./probabilities.ts";
import { decisionsOf, rankScores } from "./ranking.ts";
import { resampledIntervals } from "./resampling.ts";
import { fitTemperature, withTemperature } from "./temperature.ts";
import { chooseThreshold } from "./thresholds.ts";

interface Case {
  readonly name: string;
  readonly classes: number;
  readonly labels: readonly number[];
  readonly probabilities: readonly number[];
  readonly perClass: readonly {
    readonly roc: Readonly<Record<"falsePositiveRate" | "truePositiveRate" | "thresholds", number[]>>;
    readonly precisionRecall: Readonly<Record<"precision" | "recall" | "thresholds", number[]>>;
    readonly auc: number;
    readonly averagePrecision: number;
    readonly variance: number;
  }[];
  readonly topK: readonly (readonly [number, number])[];
  readonly reliability: { readonly accuracy: readonly number[]; readonly confidence: readonly number[] };
  readonly expectedCalibrationError: number;
  readonly brier: number;
  readonly temperature: Readonly<Record<"temperature" | "lossBefore" | "lossAfter", number>>;
}

const { cases } = JSON.parse(
  readFileSync(new URL("../../test/golden/evaluation.json", import.meta.url), "utf8"),
) as { cases: readonly Case[] };

function near(found: readonly (number | null)[], expected: readonly number[], digits = 6): void {
  expect(found.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(found[index]).toBeCloseTo(value, digits);
}

function detailsOf({ probabilities, labels, classes }: Case): ClassificationDetails {
  return classificationDetails(Float32Array.from(probabilities), labels, namesOf(classes));
}

function namesOf(classes: number): string[] {
  return Array.from({ length: classes }, (_, index) => `class ${index}`);
}

describe.each(cases)("$name", (golden) => {
  const details = detailsOf(golden);

  it("has scikit-learn's curves and areas", () => {
    for (const [label, expected] of golden.perClass.entries()) {
      const { roc, precisionRecall, auc, averagePrecision } = details.perClass[label]!;
      near(roc!.falsePositiveRate, expected.roc.falsePositiveRate);
      near(roc!.truePositiveRate, expected.roc.truePositiveRate);
      near(roc!.thresholds.slice(1), expected.roc.thresholds);
      near(precisionRecall!.precision, expected.precisionRecall.precision);
      near(precisionRecall!.recall, expected.precisionRecall.recall);
      near(precisionRecall!.thresholds, expected.precisionRecall.thresholds);
      near([auc, averagePrecision], [expected.auc, expected.averagePrecision]);
    }
  });

  it("has DeLong's variance by its definition, and an interval around the area", () => {
    for (const [label, expected] of golden.perClass.entries()) {
      const scores = golden.labels.map((_, row) => golden.probabilities[row * golden.classes + label]!);
      const targets = golden.labels.map((one) => Number(one === label));
      const decisions = decisionsOf(rankScores(scores, targets));
      near([areaVariance(decisions)!.variance], [expected.variance], 12);
      const [low, high] = areaInterval(decisions)!;
      expect(low).toBeLessThan(expected.auc);
      expect(high).toBeGreaterThan(expected.auc);
      expect(high).toBeLessThanOrEqual(1);
    }
  });

  it("has scikit-learn's top-k, reliability curve and Brier score, and Guo's calibration error", () => {
    for (const [k, accuracy] of golden.topK) {
      expect(details.topK.find((one) => one.k === k)?.accuracy).toBeCloseTo(accuracy, 12);
    }
    const { bins, brier, expectedCalibrationError } = details.calibration;
    near(
      bins.map((bin) => bin.accuracy),
      golden.reliability.accuracy,
    );
    near(
      bins.map((bin) => bin.confidence),
      golden.reliability.confidence,
    );
    near([brier, expectedCalibrationError], [golden.brier, golden.expectedCalibrationError]);
  });

  it("has the temperature that SciPy finds, which keeps every answer", () => {
    const predictions = readPredictions(
      Float32Array.from(golden.probabilities),
      golden.labels,
      namesOf(golden.classes),
    );
    const found = fitTemperature(predictions, golden.labels)!;
    const { temperature, lossBefore, lossAfter } = golden.temperature;
    near([found.temperature], [temperature], 4);
    near([found.lossBefore, found.lossAfter], [lossBefore, lossAfter], 8);
    const scaled = readPredictions(
      withTemperature(predictions, found.temperature),
      golden.labels,
      namesOf(golden.classes),
    );
    for (const sample of golden.labels.keys()) {
      expect(scaled.predicted(sample)).toBe(predictions.predicted(sample));
    }
  });

  it("has every number inside its interval", () => {
    const [low, high] = details.calibration.brierInterval;
    expect(low).toBeLessThan(golden.brier);
    expect(high).toBeGreaterThan(golden.brier);
    for (const { averagePrecision, averagePrecisionInterval } of details.perClass) {
      expect(averagePrecisionInterval![0]).toBeLessThan(averagePrecision!);
      expect(averagePrecisionInterval![1]).toBeGreaterThan(averagePrecision!);
    }
    expect(details.macroF1Interval![0]).toBeLessThan(details.macroF1Interval![1]);
  });
});

describe("predictions that are hardly any", () => {
  const names = ["cats", "dogs"];

  it("all of one class: said, and no area is made up", () => {
    const rows = Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.7, 0.3);
    expect(classificationDetails(rows, [0, 1, 0], names).remarks[0]).toBe(
      'Every image was called "cats": the classifier tells nothing apart at its usual threshold.',
    );
    const details = classificationDetails(rows, [0, 0, 0], names);
    expect(details.remarks).toEqual([
      'No image of "dogs": nothing can be said of this class.',
      'Fewer than 10 images of "cats": the intervals are wide, and a single image changes the numbers.',
    ]);
    expect(details.perClass[0]).toMatchObject({ auc: null, aucInterval: null, roc: null });
    expect(details.perClass[1]).toMatchObject({ precisionInterval: null, recallInterval: null });
    expect(details.meanAuc).toBeNull();
    // It is 1 in any order, which says nothing.
    expect(details.meanAveragePrecision).toBeNull();
  });

  it("one image, or a few without a mistake: no interval is made up", () => {
    const one = classificationDetails(Float32Array.of(0.9, 0.1), [0], names);
    expect(one).toMatchObject({ meanAuc: null, macroF1Interval: null, meanAucInterval: null });
    const right = classificationDetails(
      Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.1, 0.9, 0.2, 0.8),
      [0, 0, 1, 1],
      names,
    );
    expect(right).toMatchObject({ meanAuc: 1, meanAucInterval: null, meanAveragePrecisionInterval: null });
    expect(right.perClass[0]!.recallInterval![0]).toBeLessThan(0.4);
  });

  it("three images a class: wide intervals", () => {
    const rows = Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9);
    const [low, high] = classificationDetails(rows, [0, 0, 0, 1, 1, 1], names).perClass[0]!.recallInterval!;
    expect(high - low).toBeGreaterThan(0.6);
  });

  it("not a number: an error that names the sample", () => {
    expect(() => classificationDetails(Float32Array.of(0.5, 0.5, Number.NaN, 1), [0, 1], names)).toThrow(
      /sample 1 is NaN/,
    );
  });

  it("a column of probabilities is two classes", () => {
    const one = classificationDetails(Float32Array.of(0.2, 0.7, 0.6), [0, 1, 0], names);
    const two = classificationDetails(Float32Array.of(0.8, 0.2, 0.3, 0.7, 0.4, 0.6), [0, 1, 0], names);
    expect(one.perClass[1]!.auc).toBe(two.perClass[1]!.auc);
    expect(one.calibration.brier).toBeCloseTo(two.calibration.brier, 6);
  });

  it("no temperature where all is right or nothing is known", () => {
    const right = readPredictions(Float32Array.of(0.9, 0.1, 0.2, 0.8), [0, 1], names);
    expect(fitTemperature(right, [0, 1])).toBeUndefined();
    expect(fitTemperature(right, [1, 0])).toBeUndefined();
    expect(rocCurve(decisionsOf(rankScores([0.5], [1])))).toBeUndefined();
    expect(precisionRecallCurve(decisionsOf(rankScores([0.5], [0])))).toBeUndefined();
  });
});

describe("a threshold", () => {
  const scores = [0.9, 0.8, 0.7, 0.6, 0.4, 0.2];
  const targets = [1, 1, 0, 1, 0, 0];

  it("by precision is the lowest one that reaches it", () => {
    expect(chooseThreshold(scores, targets, "dogs", { by: "precision", precision: 0.75 })).toMatchObject({
      threshold: 0.6,
      precision: 0.75,
      recall: 1,
      cost: null,
    });
    const strict = chooseThreshold(scores, targets, "dogs", { by: "precision", precision: 1 });
    expect(strict).toMatchObject({ threshold: 0.8, precision: 1 });
    expect(strict.recall).toBeCloseTo(2 / 3);
  });

  it("by cost is the one that costs least, or none", () => {
    const missed = chooseThreshold(scores, targets, "dogs", { by: "cost", missed: 10, falseAlarm: 1 });
    expect(missed).toMatchObject({ threshold: 0.6, recall: 1 });
    expect(missed.cost).toBeCloseTo(1 / 6);
    expect(missed.costAtHalf).toBeCloseTo(1 / 6);
    // One false alarm among six: mean 1/6, variance 1/6.
    expect(missed.costInterval![1]).toBeCloseTo(1 / 6 + (1.96 * Math.sqrt(1 / 6)) / Math.sqrt(6), 3);
    expect(missed.thresholdInterval![0]).toBeLessThanOrEqual(0.6);
    expect(missed.thresholdInterval![1]).toBeGreaterThanOrEqual(0.6);
    const never = chooseThreshold([0.2, 0.9], [1, 0], "dogs", { by: "cost", missed: 1, falseAlarm: 100 });
    expect(never).toMatchObject({ threshold: null, precision: null, recall: 0 });
  });

  it("needs both kinds, and an aim that can be met", () => {
    expect(() => chooseThreshold([0.5], [1], "dogs", { by: "precision", precision: 0.9 })).toThrow(
      /with and without "dogs"/,
    );
    expect(() => chooseThreshold(scores, targets, "dogs", { by: "precision", precision: 95 })).toThrow(
      /up to 1, got 95/,
    );
    expect(() => chooseThreshold(scores, targets, "dogs", { by: "cost", missed: 0, falseAlarm: 0 })).toThrow(
      /at least 0/,
    );
  });
});

describe("intervals of images drawn again", () => {
  it("are those of a mean: 1.96 standard errors to both sides", () => {
    const values = Array.from({ length: 400 }, (_, index) => (index % 4 === 0 ? 1 : 0));
    const mean = (counts: Uint16Array) => [
      counts.reduce((sum, count, index) => sum + count * values[index]!, 0) / 400,
    ];
    const [[interval] = []] = resampledIntervals(400, [{ of: mean }], { rounds: 4000 });
    const error = 1.96 * Math.sqrt((0.25 * 0.75) / 400);
    expect(interval![0]).toBeCloseTo(0.25 - error, 2);
    expect(interval![1]).toBeCloseTo(0.25 + error, 2);
  });
});

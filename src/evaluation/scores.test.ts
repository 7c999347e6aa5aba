import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wilsonInterval } from "./interval.ts";
import { classificationScores, majorityAccuracy, topLosses } from "./scores.ts";

interface Golden {
  readonly scores: readonly {
    readonly name: string;
    readonly classes: number;
    readonly true: number[];
    readonly predicted: number[];
    readonly accuracy: number;
    readonly precision: number[];
    readonly recall: number[];
    readonly f1: number[];
    readonly support: number[];
    readonly confusion: number[][];
    readonly macro: { readonly precision: number; readonly recall: number; readonly f1: number };
  }[];
  readonly wilson: readonly { right: number; total: number; level: number; low: number; high: number }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL("../../test/golden/metrics.json", import.meta.url), "utf8"),
);

/** Probabilities whose largest one is the predicted class. */
function probabilitiesOf(predicted: readonly number[], classes: number): Float32Array {
  const rows = new Float32Array(predicted.length * classes).fill(0.1);
  predicted.forEach((label, sample) => {
    rows[sample * classes + label] = 0.7;
  });
  return rows;
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `class ${index}`);

describe("classificationScores", () => {
  test.each(golden.scores)("agrees with scikit-learn: $name", (expected) => {
    const scores = classificationScores(
      probabilitiesOf(expected.predicted, expected.classes),
      expected.true,
      names(expected.classes),
    );
    expect(scores.accuracy).toBeCloseTo(expected.accuracy, 12);
    expect(scores.confusion).toEqual(expected.confusion);
    expect(scores.perClass.map(({ support }) => support)).toEqual(expected.support);
    for (const key of ["precision", "recall", "f1"] as const) {
      for (const [label, row] of scores.perClass.entries()) {
        expect(row[key]).toBeCloseTo(expected[key][label]!, 12);
      }
      expect(scores.macro[key]).toBeCloseTo(expected.macro[key], 12);
    }
  });

  test("one column is the probability of the second class, and 0.5 is not above 0.5", () => {
    const scores = classificationScores(Float32Array.of(0.5, 0.75, 0.25, 1), [0, 1, 1, 1], ["cat", "dog"]);
    expect(scores.confusion).toEqual([
      [1, 0],
      [1, 2],
    ]);
    expect(scores.loss).toBeCloseTo((-Math.log(0.5) - Math.log(0.75) - Math.log(0.25) + 1e-7) / 4, 6);
  });

  test("two columns that say the same give the same scores", () => {
    const column = fc.array(fc.integer({ min: 0, max: 64 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(column, (values) => {
        const one = Float32Array.from(values, (value) => value / 64);
        const two = Float32Array.from([...one].flatMap((p) => [1 - p, p]));
        const labels = values.map((value) => value % 2);
        expect(classificationScores(two, labels, ["a", "b"])).toEqual(
          classificationScores(one, labels, ["a", "b"]),
        );
      }),
      { seed: 1 },
    );
  });

  test("a sample of weight 2 counts as two samples, one of weight 0 as none", () => {
    const rows = [0.9, 0.1, 0.2, 0.8, 0.6, 0.4];
    const weighted = classificationScores(Float32Array.from(rows), [0, 0, 1], ["a", "b"], [2, 1, 0]);
    const repeated = classificationScores(
      Float32Array.from([0.9, 0.1, ...rows.slice(0, 4)]),
      [0, 0, 0],
      ["a", "b"],
    );
    expect({ ...weighted, samples: 3, accuracyInterval: 0 }).toEqual({ ...repeated, accuracyInterval: 0 });
    const width = ([low, high]: readonly [number, number]) => high - low;
    expect(width(weighted.accuracyInterval)).toBeGreaterThan(width(repeated.accuracyInterval));
  });

  test("a certain and wrong answer costs as much as Keras's clipping says", () => {
    const { loss } = classificationScores(Float32Array.of(1, 0), [1], ["a", "b"]);
    expect(loss).toBeCloseTo(-Math.log(1e-7), 6);
  });

  test("arguments that do not fit are refused by number", () => {
    expect(() => classificationScores(new Float32Array(0), [], ["a", "b"])).toThrow(/no sample/);
    expect(() => classificationScores(new Float32Array(5), [0, 1], ["a", "b"])).toThrow(
      "expected 4 probabilities for 2 samples and 2 classes (or 2, one a sample), got 5",
    );
    expect(() => classificationScores(Float32Array.of(0.1, Number.NaN), [0, 1], ["a", "b"])).toThrow(
      /sample 1 is NaN/,
    );
    expect(() => classificationScores(new Float32Array(2), [0, 2], ["a", "b"])).toThrow("from 0 to 1, got 2");
    expect(() => classificationScores(new Float32Array(2), [0, 1], ["a", "b"], [1])).toThrow("2 weights");
    expect(() => classificationScores(new Float32Array(2), [0, 1], ["a", "b"], [1, -1])).toThrow("got -1");
  });

  test("the majority's share is the accuracy to beat", () => {
    const scores = classificationScores(Float32Array.of(0.9, 0.9, 0.1), [0, 0, 1], ["a", "b"]);
    expect(majorityAccuracy(scores)).toBeCloseTo(2 / 3, 12);
  });
});

test("Wilson intervals agree with SciPy at 95 %", () => {
  for (const { right, total, level, low, high } of golden.wilson) {
    if (level !== 0.95) continue;
    const interval = wilsonInterval(right, total);
    expect(interval[0]).toBeCloseTo(low, 12);
    expect(interval[1]).toBeCloseTo(high, 12);
  }
});

test("topLosses lists the worst first and can leave out what was right", () => {
  const rows = Float32Array.of(0.9, 0.1, 0.25, 0.75, 0.99, 0.01, 0.25, 0.75);
  const labels = [0, 0, 1, 0];
  expect(topLosses(rows, labels, ["a", "b"], 9).map(({ sample }) => sample)).toEqual([2, 1, 3, 0]);
  expect(topLosses(rows, labels, ["a", "b"], 2, { mistakesOnly: true })).toMatchObject([
    { sample: 2, label: 1, predicted: 0 },
    { sample: 1, label: 0, predicted: 1, probability: 0.75, trueProbability: 0.25 },
  ]);
});

import { describe, expect, it } from "vitest";
import { decodeArray, type GoldenArray, goldenFile } from "../../test/support/goldenArrays.ts";
import { type FeatureMatrix, rowsOf, standardizer } from "./featureMatrix.ts";
import { logisticRegression } from "./logisticRegression.ts";
import { minimize } from "./minimize.ts";
import { nearestMean } from "./nearestMean.ts";
import { nearestNeighbours } from "./nearestNeighbours.ts";
import { ridge } from "./ridge.ts";

interface Fitted {
  readonly weights: number[][];
  readonly bias: number[];
}

interface HeadCase {
  readonly name: string;
  readonly classes: number;
  readonly c: number;
  readonly alpha: number;
  readonly train: GoldenArray;
  readonly labels: number[];
  readonly test: GoldenArray;
  readonly logistic: Fitted & { readonly probabilities: number[][] };
  readonly ridge: Fitted & { readonly predicted: number[] };
  readonly neighbours: number[][];
  readonly mean: number[];
}

const { cases } = goldenFile<{ cases: HeadCase[] }>("solvedHeads");

function matrix(array: GoldenArray): FeatureMatrix {
  const { shape, data } = decodeArray(array);
  return { rows: shape[0]!, columns: shape[1]!, data };
}

function expectNear(actual: ArrayLike<number>, expected: readonly number[], digits: number): void {
  expect(actual.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, digits);
}

function classesOf(probabilities: Float32Array, classes: number): number[] {
  return Array.from({ length: probabilities.length / classes }, (_, row) => {
    const own = [...probabilities.subarray(row * classes, (row + 1) * classes)];
    return own.indexOf(Math.max(...own));
  });
}

describe.each(cases)("solved heads on $name are scikit-learn's", (each) => {
  const train = matrix(each.train);
  const test = matrix(each.test);
  const { labels, classes } = each;

  it("logistic regression: weights and probabilities", () => {
    const head = logisticRegression(train, labels, classes, { c: each.c, tolerance: 1e-9 });
    expect(head.converged).toBe(true);
    expectNear(head.weights, [...each.logistic.weights.flat(), ...each.logistic.bias], 5);
    expectNear(head.predict(test), each.logistic.probabilities.flat(), 5);
  });

  it("ridge: weights and classes", () => {
    const head = ridge(train, labels, classes, { alpha: each.alpha });
    // Two classes: scikit-learn keeps the second one's weights; ours are those and their negatives.
    const { weights, bias } = each.ridge;
    const flat = (rows: number[]) => (classes === 2 ? [...rows.map((value) => -value), ...rows] : rows);
    expectNear(head.weights, [...flat(weights.flat()), ...flat(bias)], 8);
    expect(classesOf(head.predict(test), classes)).toEqual(each.ridge.predicted);
  });

  it("nearest neighbours: shares of votes", () => {
    expectNear(nearestNeighbours(train, labels, classes).predict(test), each.neighbours.flat(), 6);
  });

  it("nearest mean: classes", () => {
    expect(classesOf(nearestMean(train, labels, classes).predict(test), classes)).toEqual(each.mean);
  });
});

describe("solved heads", () => {
  it("never name a class without rows", () => {
    const train = { rows: 4, columns: 1, data: Float32Array.of(0, 1, 10, 11) };
    const head = nearestMean(train, [0, 0, 2, 2], 3);
    expect(classesOf(head.predict({ rows: 2, columns: 1, data: Float32Array.of(5, 6) }), 3)).toEqual([0, 2]);
  });

  it("standardise by the training rows; what never changes becomes 0", () => {
    const train = { rows: 2, columns: 2, data: Float32Array.of(1, 7, 3, 7) };
    const standardize = standardizer(train);
    expect([...standardize(train).data]).toEqual([-1, 0, 1, 0]);
    expect([...standardize({ rows: 1, columns: 2, data: Float32Array.of(4, 9) }).data]).toEqual([2, 0]);
    expect([...rowsOf(train, [1, 1]).data]).toEqual([3, 7, 3, 7]);
  });

  it("minimise a narrow valley to its lowest point", () => {
    const valley = ([x, y]: ArrayLike<number> & Iterable<number>, gradient: Float64Array) => {
      gradient[0] = -400 * x! * (y! - x! ** 2) - 2 * (1 - x!);
      gradient[1] = 200 * (y! - x! ** 2);
      return 100 * (y! - x! ** 2) ** 2 + (1 - x!) ** 2;
    };
    const { point, converged } = minimize(valley, Float64Array.of(-1.2, 1), { tolerance: 1e-8 });
    expect(converged).toBe(true);
    expectNear(point, [1, 1], 6);
  });
});

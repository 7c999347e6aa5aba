import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../base/random.ts";
import { Engine } from "../../engine/engine.ts";
import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import { labelIssues } from "./confidentLearning.ts";
import { joinedRows } from "./joinedRows.ts";
import { learningCurve } from "./learningCurve.ts";
import { nearestRows } from "./nearestRows.ts";
import { neighbourhoods, outliers } from "./neighbourhoods.ts";
import { outOfFoldProbabilities } from "./outOfFold.ts";
import { principalComponents } from "./principalComponents.ts";
import { rowProducts } from "./rowProducts.ts";
import { umapPlaces } from "./umap.ts";

/** Rows of two classes around two centres, class 0 and 1 in turn. */
function clouds(
  rows: number,
  columns: number,
  distance: number,
): { features: FeatureMatrix; labels: number[] } {
  const random = new Random(1, "clouds", rows, columns);
  const labels = Array.from({ length: rows }, (_, row) => row % 2);
  const data = Float32Array.from({ length: rows * columns }, (_, at) => {
    const noise = random.float() + random.float() + random.float() - 1.5;
    return noise + (at % columns === 0 ? distance * labels[Math.floor(at / columns)]! : 0);
  });
  return { features: { rows, columns, data }, labels };
}

describe("confident learning", () => {
  it("calls a label wrong where another class is as sure as it usually is", () => {
    // Mean confidence of class 0: 0.7, of class 1: 0.65.
    const rows = Float32Array.of(0.9, 0.1, 0.8, 0.2, 0.4, 0.6, 0.1, 0.9, 0.2, 0.8, 0.75, 0.25);
    const labels = [0, 0, 0, 1, 1, 1];
    expect(labelIssues(rows, labels, 2)).toEqual([
      {
        row: 5,
        label: 1,
        suggested: 0,
        labelProbability: Math.fround(0.25),
        suggestedProbability: Math.fround(0.75),
      },
    ]);
    // 0.6 for class 1 is less than its 0.65: not sure enough.
    expect(labelIssues(rows, labels, 2).some(({ row }) => row === 2)).toBe(false);
  });

  it("finds labels changed on purpose, and says nothing of a class without images", async () => {
    const { features, labels } = clouds(400, 8, 4);
    const wrong = labels.map((label, row) => (row % 40 === 3 ? 1 - label : label));
    const groups = labels.map((_, row) => row);
    const found = labelIssues(await outOfFoldProbabilities(features, wrong, 3, groups), wrong, 3);
    const right = found.filter(({ row }) => row % 40 === 3).length;
    // Classes this far apart have evenly sure images: half of the changed ones are surer than the mean.
    expect(right).toBeGreaterThanOrEqual(4);
    expect(right / found.length).toBeGreaterThan(0.9);
    expect(found.every(({ suggested }) => suggested !== 2)).toBe(true);
  });

  it("lets no copy of an image vouch for it", async () => {
    const { features, labels } = clouds(60, 4, 3);
    const copied: FeatureMatrix = {
      rows: 62,
      columns: 4,
      data: Float32Array.from([
        ...features.data,
        ...features.data.subarray(0, 4),
        ...features.data.subarray(0, 4),
      ]),
    };
    const all = [...labels, 0, 0];
    const groups = [...labels.map((_, row) => row), 0, 0];
    const rows = await outOfFoldProbabilities(copied, all, 2, groups);
    expect([...rows.subarray(120, 122)]).toEqual([...rows.subarray(0, 2)]);
    expect([...rows.subarray(122, 124)]).toEqual([...rows.subarray(0, 2)]);
  });
});

describe("principal components", () => {
  it("are the directions of the largest variance, and keep all distances when all are taken", () => {
    const random = new Random(2, "ellipse");
    const data = Float32Array.from(
      { length: 300 * 3 },
      (_, at) => (random.float() - 0.5) * [1, 9, 3][at % 3]!,
    );
    const { columns, data: places } = principalComponents({ rows: 300, columns: 3, data }, 3);
    expect(columns).toBe(3);
    const mean = [0, 1, 2].map(
      (column) => data.filter((_, at) => at % 3 === column).reduce((a, b) => a + b) / 300,
    );
    for (const row of [0, 17, 299]) {
      expect(places[row * 3]!).toBeCloseTo(data[row * 3 + 1]! - mean[1]!, 0);
      const norm = (values: readonly number[]) => values.reduce((sum, value) => sum + value ** 2, 0);
      const own = [0, 1, 2].map((column) => data[row * 3 + column]! - mean[column]!);
      expect(norm([...places.subarray(row * 3, row * 3 + 3)])).toBeCloseTo(norm(own), 3);
    }
  });
});

describe("UMAP", () => {
  /** Three groups of 20 rows on a line, which the first column tells apart. */
  function groups(): FeatureMatrix {
    const random = new Random(7, "groups");
    const data = Float32Array.from(
      { length: 60 * 5 },
      (_, at) => random.float() + (at % 5 === 0 ? 3 * (Math.floor(at / 5) % 3) : 0),
    );
    return { rows: 60, columns: 5, data };
  }

  it("keeps rows of a group together, on a map that is the same each time", async () => {
    const steps: number[] = [];
    const map = (await umapPlaces(groups(), { onStep: (done) => void steps.push(done) }))!;
    const again = (await umapPlaces(groups()))!;
    const other = (await umapPlaces(groups(), { seed: 1 }))!;
    expect(map.data).toEqual(again.data);
    expect(map.data).not.toEqual(other.data);
    expect(steps).toEqual(Array.from({ length: steps.length }, (_, step) => step + 1));
    const { rows: nearest, count } = nearestRows(map, 5);
    const same = [...nearest].filter((near, at) => near % 3 === Math.floor(at / count) % 3).length;
    expect(same / nearest.length).toBeGreaterThan(0.99);
    expect(map.data.every(Number.isFinite)).toBe(true);
  });

  it("parts rows that are all the same, and says nothing of a few", async () => {
    const same = (await umapPlaces({ rows: 40, columns: 2, data: new Float32Array(80).fill(3) }))!;
    expect(same.data.every(Number.isFinite)).toBe(true);
    expect(await umapPlaces({ rows: 15, columns: 2, data: new Float32Array(30) })).toBeUndefined();
  });

  it("stops where it is told to", async () => {
    const stop = () => {
      throw new Error("enough");
    };
    await expect(umapPlaces(groups(), { onStep: stop })).rejects.toThrow("enough");
  });
});

describe("nearest rows", () => {
  it("are the nearest, nearest first, without the row itself", () => {
    const { count, rows, distances } = nearestRows(
      { rows: 4, columns: 1, data: Float32Array.of(0, 10, 3, 4) },
      2,
    );
    expect(count).toBe(2);
    expect([...rows]).toEqual([2, 3, 3, 2, 3, 0, 2, 0]);
    expect([...distances]).toEqual([3, 4, 6, 7, 1, 3, 1, 4]);
  });
});

describe("neighbourhoods", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start({ workers: 2 });
  });
  afterAll(() => engine.close());

  it("multiply every row with every one before it, tile by tile", async () => {
    const [rows, columns] = [1030, 3];
    const random = new Random(1, "tiles");
    const data = Float32Array.from({ length: rows * columns }, () => random.float());
    const seen: number[] = [];
    for await (const { a, b, rows: counts, width, products } of rowProducts(engine, [
      { rows, columns, data },
    ])) {
      seen.push(a, b, ...counts);
      const [row, other] = [a + counts[0] - 1, b + counts[1] - 1];
      let sum = 0;
      for (let at = 0; at < columns; at++) sum += data[row * columns + at]! * data[other * columns + at]!;
      expect(products[0]![(counts[0] - 1) * width + counts[1] - 1]).toBeCloseTo(sum, 5);
    }
    expect(seen).toEqual([0, 0, 1024, 1024, 1024, 0, 6, 1024, 1024, 1024, 6, 6]);
  });

  it("find copies among many, and the row that is like no other", async () => {
    const random = new Random(3, "crowd");
    const columns = 40;
    const data = Float32Array.from({ length: 200 * columns }, (_, at) =>
      Math.floor(at / columns) === 7
        ? at % 2 === 0
          ? 30
          : -30
        : random.float() + (at % columns < 4 ? 4 * random.float() : 0),
    );
    const copy = data.subarray(11 * columns, 12 * columns).map((value) => value + 0.01 * random.float());
    data.set(copy, 150 * columns);
    const near = await neighbourhoods(engine, { rows: 200, columns, data });
    expect(near.pairs[0]).toMatchObject({ a: 11, b: 150 });
    expect(near.pairs[0]!.similarity).toBeGreaterThan(0.99);
    expect(outliers(near.distances)[0]?.row).toBe(7);
    expect(near.points).toMatchObject({ rows: 200, columns: 40 });
  });

  it("take no row of a dense crowd for a copy of another", async () => {
    const random = new Random(5, "dense");
    const columns = 20;
    const data = Float32Array.from({ length: 120 * columns }, (_, at) =>
      at < 40 * columns ? 5 + random.float() : 10 * random.float() * (at % 2 === 0 ? -1 : 1),
    );
    const { pairs } = await neighbourhoods(engine, { rows: 120, columns, data });
    expect(pairs.filter(({ a, b, similarity }) => a < 40 && b < 40 && similarity < 0.97)).toEqual([]);
  });

  it("hold copies together in memory that grows with the rows, and tell usual neighbours without looking at all", async () => {
    const columns = 60;
    const random = new Random(11, "bursts");
    const centre = Float32Array.from({ length: 80 * columns }, () => random.float() - 0.5);
    // Of the first 40 three pictures each, then 150 copies of the next one; the others are alone.
    const seen = [...Array.from({ length: 120 }, (_, row) => Math.floor(row / 3)), ...Array(150).fill(40)];
    for (let other = 41; other < 80; other++) seen.push(other);
    const data = Float32Array.from(
      { length: seen.length * columns },
      (_, at) => centre[seen[Math.floor(at / columns)]! * columns + (at % columns)]! + 0.02 * random.float(),
    );
    const calls: (readonly [number, number])[] = [];
    const { pairs } = await neighbourhoods(
      engine,
      { rows: seen.length, columns, data },
      { onRows: (done, total) => void calls.push([done, total]) },
    );
    const groups = joinedRows(seen.length);
    for (const { a, b } of pairs) {
      expect(seen[a]).toBe(seen[b]);
      groups.join(a, b);
    }
    expect(new Set(seen.map((_, row) => groups.first(row))).size).toBe(80);
    expect(pairs.length).toBeLessThan(6 * seen.length);
    expect(pairs.length).toBeLessThan((150 * 149) / 2);
    expect(calls).toEqual([[seen.length, seen.length]]);
  });

  it("of equal rows are no outliers", async () => {
    const near = await neighbourhoods(engine, { rows: 5, columns: 2, data: new Float32Array(10).fill(3) });
    expect(outliers(near.distances)).toEqual([]);
    expect(near.pairs).toEqual([]);
  });
});

describe("a learning curve", () => {
  it("rises with the number of images, and says by how much", async () => {
    const { features, labels } = clouds(600, 30, 1.2);
    const half = (from: number) => ({
      features: { rows: 300, columns: 30, data: features.data.subarray(from * 30, (from + 300) * 30) },
      labels: labels.slice(from, from + 300),
    });
    const fits: number[] = [];
    const curve = (await learningCurve(half(0), half(300), 2, { onFit: (done) => void fits.push(done) }))!;
    expect(fits).toHaveLength(7 * 5 + 1);
    expect(curve.points).toHaveLength(8);
    expect(curve.points.map(({ images }) => images)).toEqual(
      [...curve.points.map(({ images }) => images)].sort((a, b) => a - b),
    );
    expect(curve.points.at(-1)!.images).toBe(300);
    expect(curve.points.at(-1)!.accuracy).toBeGreaterThan(curve.points[0]!.accuracy + 0.05);
    const { from, to, gain, interval } = curve.lastDoubling;
    expect([from, to]).toEqual([150, 300]);
    expect(gain).toBeCloseTo(curve.points.at(-1)!.accuracy - curve.points.at(-2)!.accuracy, 12);
    expect(interval[0]).toBeLessThan(gain);
    expect(curve.atTwice).toBeGreaterThan(0.6);
    expect(curve.atTwice).toBeLessThanOrEqual(1);
  });

  it("is left out where there is too little to tell", async () => {
    const { features, labels } = clouds(12, 3, 1);
    const few = {
      features: { rows: 6, columns: 3, data: features.data.subarray(0, 18) },
      labels: labels.slice(0, 6),
    };
    expect(await learningCurve(few, few, 2)).toBeUndefined();
  });
});

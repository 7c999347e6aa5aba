import type { FeatureMatrix } from "../../heads/featureMatrix.ts";

/** Of every row the nearest ones, nearest first: [rows, count] each. */
export interface NearestRows {
  readonly count: number;
  readonly rows: Uint32Array;
  readonly distances: Float64Array;
}

/** Compares every row with every other one; a row is not its own neighbour. Of equal distances the first row comes first. */
export function nearestRows({ rows, columns, data }: FeatureMatrix, wanted: number): NearestRows {
  const count = Math.min(wanted, rows - 1);
  const near = {
    count,
    rows: new Uint32Array(rows * count),
    distances: new Float64Array(rows * count).fill(Number.POSITIVE_INFINITY),
  };
  for (let a = 1; a < rows; a++) {
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let at = 0; at < columns; at++) {
        const gap = data[a * columns + at]! - data[b * columns + at]!;
        sum += gap * gap;
      }
      insert(near, a, b, sum);
      insert(near, b, a, sum);
    }
  }
  return { ...near, distances: near.distances.map(Math.sqrt) };
}

/** Keeps the least distances of a row, rising. */
function insert({ count, rows, distances }: NearestRows, row: number, other: number, distance: number): void {
  const start = row * count;
  let place = start + count - 1;
  if (!(distance < distances[place]!)) return;
  for (; place > start && distances[place - 1]! > distance; place--) {
    distances[place] = distances[place - 1]!;
    rows[place] = rows[place - 1]!;
  }
  distances[place] = distance;
  rows[place] = other;
}

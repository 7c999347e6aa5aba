import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import { leastOfRows } from "./leastOfRows.ts";

/** Of every row the nearest ones, nearest first: [rows, count] each. */
export interface NearestRows {
  readonly count: number;
  readonly rows: Uint32Array;
  readonly distances: Float64Array;
}

/** Compares every row with every other one; a row is not its own neighbour. Of equal distances the first row comes first. */
export function nearestRows({ rows, columns, data }: FeatureMatrix, wanted: number): NearestRows {
  const near = leastOfRows(rows, Math.min(wanted, rows - 1));
  for (let a = 1; a < rows; a++) {
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let at = 0; at < columns; at++) {
        const gap = data[a * columns + at]! - data[b * columns + at]!;
        sum += gap * gap;
      }
      near.insert(a, b, sum);
      near.insert(b, a, sum);
    }
  }
  return { count: near.count, rows: near.others, distances: near.values.map(Math.sqrt) };
}

import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import { leastOfRows } from "./leastOfRows.ts";

/** Nearest rows that distances are the mean of. */
const nearest = 10;

export interface LeastDistances {
  /** Takes the product of two rows; each pair once. */
  add(a: number, b: number, product: number): void;
  /** Mean distance of each row to the nearest ones. */
  means(): Float64Array;
}

/** How alone unit vectors are. @param points - The same along some directions; what lies outside of them counts as its length. */
export function leastDistances(points: FeatureMatrix): LeastDistances {
  const { rows } = points;
  const squares = squaredLengths(points);
  // Of the mean's components, which were taken off again, rounding may leave a little too much.
  const rest = squares.map((square) => Math.max(0, 1 - square));
  const kept = Math.min(nearest, Math.max(1, rows - 1));
  const near = leastOfRows(rows, kept);
  return {
    add(a, b, product) {
      const inside = Math.max(0, squares[a]! + squares[b]! - 2 * product);
      const whole = inside + rest[a]! + rest[b]!;
      near.insert(a, b, whole);
      near.insert(b, a, whole);
    },
    means: () =>
      Float64Array.from({ length: rows }, (_, row) => {
        let sum = 0;
        for (let place = 0; place < kept; place++) sum += Math.sqrt(near.values[row * kept + place]!);
        return rows < 2 ? 0 : sum / kept;
      }),
  };
}

function squaredLengths({ rows, columns, data }: FeatureMatrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let at = row * columns; at < (row + 1) * columns; at++) sum += data[at]! ** 2;
    return sum;
  });
}

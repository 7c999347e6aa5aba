import type { FeatureMatrix } from "../../heads/featureMatrix.ts";

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
  const near = new Float64Array(rows * kept).fill(Number.POSITIVE_INFINITY);
  return {
    add(a, b, product) {
      const inside = Math.max(0, squares[a]! + squares[b]! - 2 * product);
      const whole = inside + rest[a]! + rest[b]!;
      insert(near, a * kept, kept, whole);
      insert(near, b * kept, kept, whole);
    },
    means: () =>
      Float64Array.from({ length: rows }, (_, row) => {
        let sum = 0;
        for (let place = 0; place < kept; place++) sum += Math.sqrt(near[row * kept + place]!);
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

/** Keeps the least values of a row, rising. */
function insert(near: Float64Array, start: number, count: number, value: number): void {
  const end = start + count - 1;
  if (!(value < near[end]!)) return;
  let place = end;
  while (place > start && near[place - 1]! > value) {
    near[place] = near[place - 1]!;
    place--;
  }
  near[place] = value;
}

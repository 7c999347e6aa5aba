import type { Engine } from "../../engine/engine.ts";
import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import { type ClosePair, type ClosePairs, closePairs } from "./closePairs.ts";
import { type LeastDistances, leastDistances } from "./leastDistances.ts";
import { principalComponents } from "./principalComponents.ts";
import { type ProductTile, rowProducts } from "./rowProducts.ts";

export interface Neighbourhoods {
  /** Pairs that show the same thing, nearest first; see `ClosePairs`. */
  readonly pairs: readonly ClosePair[];
  /** Mean distance to the nearest rows, 0 to 2: how alone each row is. */
  readonly distances: Float64Array;
  /** The directions of the rows from their mean along the principal components, largest variance first: [rows, 50 at most]. */
  readonly points: FeatureMatrix;
}

/** Components that distances are measured in; what lies outside of them counts as its length. */
const components = 50;

export interface NeighbourhoodOptions {
  /** Called now and then: thousands of rows take a while. May refuse to go on by throwing. */
  readonly onRows?: (done: number, total: number) => void | Promise<void>;
}

/** Compares every row with every other one, by their direction from the mean of all. Time grows with their square, memory with the rows. */
export async function neighbourhoods(
  engine: Engine,
  features: FeatureMatrix,
  { onRows }: NeighbourhoodOptions = {},
): Promise<Neighbourhoods> {
  const directions = directionsOf(features);
  const points = principalComponents(directions, components);
  const { rows } = features;
  const close = closePairs(rows);
  const least = leastDistances(points);
  for await (const tile of rowProducts(engine, [directions, points])) {
    sift(tile, close, least);
    // The first half of the rows is a quarter of the pairs.
    const { a, b, rows: counts } = tile;
    const done = a ** 2 + counts[0] * (a === b ? 2 * b + counts[0] : 2 * (b + counts[1]));
    await onRows?.(Math.round(done / rows), rows);
  }
  return { pairs: close.standingOut(), distances: least.means(), points };
}
/** Hands on each pair of a tile once. */
function sift({ a, b, rows, width, products }: ProductTile, close: ClosePairs, least: LeastDistances): void {
  const [whole, short] = products as readonly [Float32Array, Float32Array];
  for (let row = 0; row < rows[0]; row++) {
    // On the diagonal only what is before the row itself.
    const count = Math.min(rows[1], a + row - b);
    for (let other = 0; other < count; other++) {
      const at = row * width + other;
      // Of unit vectors; rounding may make them a little longer.
      close.add(a + row, b + other, Math.min(1, whole[at]!));
      least.add(a + row, b + other, short[at]!);
    }
  }
}

/** Unit vectors from the mean of all rows; a row at the mean is 0. */
function directionsOf({ rows, columns, data }: FeatureMatrix): FeatureMatrix {
  const mean = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) mean[at % columns]! += data[at]! / rows;
  const directions = data.map((value, at) => value - mean[at % columns]!);
  for (let row = 0; row < rows; row++) {
    const own = directions.subarray(row * columns, (row + 1) * columns);
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let at = 0; at < columns; at++) own[at]! /= length;
  }
  return { rows, columns, data: directions };
}

/**
 * Rows that are much more alone than usual, most alone first: more than four deviations (by the median's) above the median distance.
 */
export function outliers(
  distances: Float64Array,
): readonly { readonly row: number; readonly deviations: number }[] {
  const center = median(distances);
  const spread = 1.4826 * median(distances.map((distance) => Math.abs(distance - center)));
  if (!(spread > 0)) return [];
  return [...distances]
    .map((distance, row) => ({ row, deviations: (distance - center) / spread }))
    .filter(({ deviations }) => deviations > 4)
    .sort((a, b) => b.deviations - a.deviations);
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}

import type { FeatureMatrix, SolvedHead } from "./featureMatrix.ts";

export interface NeighbourOptions {
  /** Rows that vote. Default 5. */
  readonly neighbours?: number;
}

/**
 * The classes of the training rows nearest to a row, each with one vote (scikit-learn's `KNeighborsClassifier`); of equally near
 * rows the first counts.
 */
export function nearestNeighbours(
  train: FeatureMatrix,
  labels: ArrayLike<number>,
  classes: number,
  { neighbours = 5 }: NeighbourOptions = {},
): SolvedHead {
  const votes = Math.min(neighbours, train.rows);
  const halfNorms = Float64Array.from({ length: train.rows }, (_, row) => squares(train, row) / 2);
  return {
    calibrated: false,
    parameters: 0,
    predict(features) {
      const shares = new Float32Array(features.rows * classes);
      const nearness = new Float64Array(train.rows);
      for (let row = 0; row < features.rows; row++) {
        measure(features, row, train, halfNorms, nearness);
        for (const near of highest(nearness, votes)) shares[row * classes + labels[near]!]! += 1 / votes;
      }
      return shares;
    },
  };
}

function squares({ columns, data }: FeatureMatrix, row: number): number {
  let sum = 0;
  for (let at = row * columns; at < (row + 1) * columns; at++) sum += data[at]! ** 2;
  return sum;
}

/**
 * x t - |t|^2 / 2 is the higher, the nearer t is to x. Four rows at a time: their sums do not wait for each other, and a row's sum is
 * the same as alone.
 */
function measure(
  features: FeatureMatrix,
  row: number,
  { rows, columns, data }: FeatureMatrix,
  halfNorms: Float64Array,
  into: Float64Array,
): void {
  const own = features.data.subarray(row * columns, (row + 1) * columns);
  for (let first = 0; first < rows; first += 4) {
    const place = (at: number): number => Math.min(first + at, rows - 1);
    const [second, third, fourth] = [place(1), place(2), place(3)];
    let a = -halfNorms[first]!;
    let b = -halfNorms[second]!;
    let c = -halfNorms[third]!;
    let d = -halfNorms[fourth]!;
    for (let column = 0; column < columns; column++) {
      const value = own[column]!;
      a += value * data[first * columns + column]!;
      b += value * data[second * columns + column]!;
      c += value * data[third * columns + column]!;
      d += value * data[fourth * columns + column]!;
    }
    into[first] = a;
    into[second] = b;
    into[third] = c;
    into[fourth] = d;
  }
}

/** Indices of the largest values, largest first; of equal ones the first. */
function highest(values: Float64Array, count: number): readonly number[] {
  const best: number[] = [];
  for (let index = 0; index < values.length; index++) {
    if (best.length === count && !(values[index]! > values[best.at(-1)!]!)) continue;
    let place = best.length;
    while (place > 0 && values[index]! > values[best[place - 1]!]!) place--;
    best.splice(place, 0, index);
    if (best.length > count) best.pop();
  }
  return best;
}

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

/** x t - |t|^2 / 2 is the higher, the nearer t is to x. */
function measure(
  features: FeatureMatrix,
  row: number,
  { rows, columns, data }: FeatureMatrix,
  halfNorms: Float64Array,
  into: Float64Array,
): void {
  const own = features.data.subarray(row * columns, (row + 1) * columns);
  for (let other = 0; other < rows; other++) {
    const start = other * columns;
    let sum = -halfNorms[other]!;
    for (let column = 0; column < columns; column++) sum += own[column]! * data[start + column]!;
    into[other] = sum;
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

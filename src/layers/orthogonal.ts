import { PermafrostError } from "../base/errors.ts";
import type { Random } from "../base/random.ts";

/**
 * An orthogonal matrix in the shape of a weight (Saxe et al. 2014): all axes but the last are taken together as rows.
 * Its columns, or its rows if there are fewer of them, have length `gain` and stand at right angles to each other.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a weight of fewer than two axes.
 */
export function orthogonalValues(shape: readonly number[], gain: number, random: Random): Float32Array {
  if (shape.length < 2) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `initializer orthogonal: expected a weight of two axes or more, got shape [${shape.join(", ")}].`,
    );
  }
  const columns = shape.at(-1)!;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const vectors = orthonormalVectors(Math.min(rows, columns), Math.max(rows, columns), random);
  const isColumn = rows >= columns;
  return Float32Array.from({ length: rows * columns }, (_, index) => {
    const row = Math.floor(index / columns);
    const column = index % columns;
    return gain * (isColumn ? vectors[column]![row]! : vectors[row]![column]!);
  });
}

/**
 * Normal vectors made orthogonal one after the other (Gram and Schmidt, each twice, so that rounding does not add up):
 * evenly spread over all orthogonal systems.
 */
function orthonormalVectors(count: number, length: number, random: Random): readonly Float64Array[] {
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    for (let pass = 0; pass < 2; pass++) {
      for (const other of vectors) subtractProjection(vector, other);
    }
    const norm = Math.sqrt(dot(vector, vector));
    vectors.push(vector.map((value) => value / norm));
  }
  return vectors;
}

/** Takes away from `vector` what points in the direction of a vector of length 1. */
function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const share = dot(vector, unit);
  for (let index = 0; index < vector.length; index++) vector[index]! -= share * unit[index]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

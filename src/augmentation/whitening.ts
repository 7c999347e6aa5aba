import { PermafrostError } from "../base/errors.ts";
import { leftSingular } from "./singularValues.ts";

/** A matrix of more values than this is refused: 4096 values a picture need 67 MB and minutes. */
const mostValues = 4096;

/**
 * Zero-phase whitening (Krizhevsky 2009): W = U diag(sqrt(n) / (s + epsilon)) U^T, where U and s are the left singular vectors
 * and values of the matrix with one centred picture a column.
 *
 * @param rows - Centred pictures, all of one length.
 * @returns [length, length], symmetric.
 * @throws PermafrostError INVALID_ARGUMENT for pictures of more than 4096 values.
 */
export function whiteningMatrix(rows: readonly Float32Array[], epsilon: number): Float32Array {
  const length = rows[0]?.length ?? 0;
  if (length > mostValues) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `zcaWhitening: expected pictures of at most ${mostValues} values, got ${length}. Take smaller pictures, or featurewiseCenter.`,
    );
  }
  const { vectors, values } = leftSingular(rows);
  const matrix = new Float64Array(length * length);
  for (const [k, vector] of vectors.entries()) {
    const weight = Math.sqrt(rows.length) / (values[k]! + epsilon);
    for (let i = 0; i < length; i++) {
      const scaled = vector[i]! * weight;
      for (let j = 0; j < length; j++) matrix[i * length + j]! += scaled * vector[j]!;
    }
  }
  return Float32Array.from(matrix);
}

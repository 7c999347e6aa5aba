import { PermafrostError } from "../base/errors.ts";
import { leftSingular } from "./singularValues.ts";

/** A matrix of more values than this is refused: 4096 values a picture need 67 MB and minutes. */
const mostValues = 4096;

/**
 * Zero-phase whitening (Krizhevsky 2009): W = U diag(sqrt(n) / (s + epsilon)) U^T, where U and s are the left singular vectors
 * and values of the matrix with one centred picture a column. In the older form the epsilon is added to the eigenvalues of the
 * covariance instead: W = (C + epsilon)^(-1/2), which also acts where there is no variance.
 *
 * @param rows - Centred pictures, all of one length.
 * @returns [length, length], symmetric.
 * @throws PermafrostError INVALID_ARGUMENT for pictures of more than 4096 values.
 */
export function whiteningMatrix(
  rows: readonly Float32Array[],
  epsilon: number,
  form: "singular" | "covariance" = "singular",
): Float32Array {
  const length = rows[0]?.length ?? 0;
  if (length > mostValues) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `zcaWhitening: expected pictures of at most ${mostValues} values, got ${length}. Take smaller pictures, or featurewiseCenter.`,
    );
  }
  const { vectors, values } = leftSingular(rows);
  const matrix = new Float64Array(length * length);
  const n = rows.length;
  // What the directions without variance get; taken off again from the others.
  const base = form === "covariance" ? 1 / Math.sqrt(epsilon) : 0;
  for (let i = 0; i < length; i++) matrix[i * length + i] = base;
  for (const [k, vector] of vectors.entries()) {
    const value = values[k]!;
    const weight =
      form === "covariance"
        ? 1 / Math.sqrt((value * value) / n + epsilon) - base
        : Math.sqrt(n) / (value + epsilon);
    for (let i = 0; i < length; i++) {
      const scaled = vector[i]! * weight;
      for (let j = 0; j < length; j++) matrix[i * length + j]! += scaled * vector[j]!;
    }
  }
  return Float32Array.from(matrix);
}

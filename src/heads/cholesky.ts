import { PermafrostError } from "../base/errors.ts";

/**
 * Solves A X = B for a symmetric positive definite A, in place (Cholesky).
 *
 * @param matrix - [n, n]; its lower triangle is overwritten.
 * @param right - [n, outputs]; becomes X.
 * @throws PermafrostError INVALID_ARGUMENT for a matrix that is not positive definite.
 */
export function solvePositiveDefinite(matrix: Float64Array, n: number, right: Float64Array): void {
  factorize(matrix, n);
  const outputs = right.length / n;
  for (let output = 0; output < outputs; output++) {
    for (let row = 0; row < n; row++) {
      let sum = right[row * outputs + output]!;
      for (let k = 0; k < row; k++) sum -= matrix[row * n + k]! * right[k * outputs + output]!;
      right[row * outputs + output] = sum / matrix[row * n + row]!;
    }
    for (let row = n - 1; row >= 0; row--) {
      let sum = right[row * outputs + output]!;
      for (let k = row + 1; k < n; k++) sum -= matrix[k * n + row]! * right[k * outputs + output]!;
      right[row * outputs + output] = sum / matrix[row * n + row]!;
    }
  }
}

function factorize(matrix: Float64Array, n: number): void {
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * n + column]!;
      for (let k = 0; k < column; k++) sum -= matrix[row * n + k]! * matrix[column * n + k]!;
      if (row !== column) {
        matrix[row * n + column] = sum / matrix[column * n + column]!;
        continue;
      }
      if (!(sum > 0)) {
        throw new PermafrostError(
          "INVALID_ARGUMENT",
          "ridge: the equations have no unique answer. Take a larger penalty.",
        );
      }
      matrix[row * n + row] = Math.sqrt(sum);
    }
  }
}

import { Random } from "../../base/random.ts";
import type { FeatureMatrix } from "../../heads/featureMatrix.ts";

/** Rows that the directions are found from: more change nothing that can be seen. */
const mostRows = 2000;
const iterations = 15;

/**
 * The coordinates of rows along the directions of largest variance, largest first: [rows, components]. Directions are orthonormal, found
 * by subspace iteration on the covariance of up to 2,000 rows; each has its largest weight positive, so that a map does not turn over
 * from run to run.
 */
export function principalComponents(features: FeatureMatrix, components: number): FeatureMatrix {
  const { rows, columns, data } = features;
  const count = Math.min(components, columns, Math.max(1, rows - 1));
  const mean = columnMeans(features);
  const covariance = covarianceOf(features, mean);
  const basis = subspace(covariance, columns, count);
  const projected = new Float32Array(rows * count);
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < count; at++) {
      const direction = basis[at]!;
      let sum = 0;
      for (let column = 0; column < columns; column++) {
        sum += (data[row * columns + column]! - mean[column]!) * direction[column]!;
      }
      projected[row * count + at] = sum;
    }
  }
  return { rows, columns: count, data: projected };
}

function columnMeans({ rows, columns, data }: FeatureMatrix): Float64Array {
  const means = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) means[at % columns]! += data[at]! / rows;
  return means;
}

function covarianceOf({ rows, columns, data }: FeatureMatrix, mean: Float64Array): Float64Array {
  const matrix = new Float64Array(columns * columns);
  const step = Math.max(1, Math.ceil(rows / mostRows));
  const own = new Float64Array(columns);
  for (let row = 0; row < rows; row += step) {
    for (let column = 0; column < columns; column++)
      own[column] = data[row * columns + column]! - mean[column]!;
    for (let a = 0; a < columns; a++) {
      const value = own[a]!;
      if (value === 0) continue;
      for (let b = 0; b <= a; b++) matrix[a * columns + b]! += value * own[b]!;
    }
  }
  for (let a = 0; a < columns; a++)
    for (let b = 0; b < a; b++) matrix[b * columns + a] = matrix[a * columns + b]!;
  return matrix;
}

/** Orthonormal directions, by falling variance. */
function subspace(matrix: Float64Array, size: number, count: number): Float64Array[] {
  const random = new Random(0, "principal components", size);
  let basis: Float64Array[] = Array.from({ length: count }, () =>
    Float64Array.from({ length: size }, () => random.float() - 0.5),
  );
  for (let round = 0; round < iterations; round++) {
    basis = orthonormal(basis.map((vector) => product(matrix, size, vector)));
  }
  return basis.map(turned);
}

function product(matrix: Float64Array, size: number, vector: Float64Array): Float64Array {
  const result = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    let sum = 0;
    for (let column = 0; column < size; column++) sum += matrix[row * size + column]! * vector[column]!;
    result[row] = sum;
  }
  return result;
}

/** Gram and Schmidt's, twice for the sake of rounding; a vector that vanishes stays 0. */
function orthonormal(vectors: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = [];
  for (const vector of vectors) {
    for (const _ of [0, 1]) {
      for (const other of done) {
        const share = dot(vector, other);
        for (let at = 0; at < vector.length; at++) vector[at]! -= share * other[at]!;
      }
    }
    const length = Math.sqrt(dot(vector, vector));
    done.push(vector.map((value) => (length > 1e-12 ? value / length : 0)));
  }
  return done;
}

function turned(vector: Float64Array): Float64Array {
  const largest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

/** Rounds of rotations over all pairs; 10 are usual. */
const mostSweeps = 60;

/**
 * Left singular vectors and values of the matrix whose columns are given, all min(columns, length) of them.
 *
 * One-sided Jacobi (Hestenes 1958): rotates pairs of columns until all are orthogonal. Slow for large matrices, but accurate to
 * the last digits also for small values, and short.
 */
export function leftSingular(columns: readonly ArrayLike<number>[]): {
  readonly vectors: readonly Float64Array[];
  readonly values: readonly number[];
} {
  const length = columns[0]?.length ?? 0;
  if (columns.length <= length) {
    const turned = columns.map((column) => Float64Array.from(column));
    orthogonalize(turned, []);
    const values = turned.map(norm);
    return { values, vectors: turned.map((column, k) => column.map((value) => value / (values[k]! || 1))) };
  }
  // Fewer rows than columns: turn the rows, and collect the turns. They end as the rows of U^T.
  const rows = Array.from({ length }, (_, i) => Float64Array.from(columns, (column) => column[i]!));
  const turns = Array.from({ length }, (_, i) => Float64Array.from({ length }, (_, k) => (i === k ? 1 : 0)));
  orthogonalize(rows, turns);
  return { values: rows.map(norm), vectors: turns };
}

/** Makes vectors orthogonal to each other by rotations in the plane of two, which others follow. */
function orthogonalize(vectors: readonly Float64Array[], followers: readonly Float64Array[]): void {
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let rotations = 0;
    for (let p = 0; p < vectors.length - 1; p++) {
      for (let q = p + 1; q < vectors.length; q++) {
        const rotation = rotationOf(vectors[p]!, vectors[q]!);
        if (rotation === undefined) continue;
        rotate(vectors[p]!, vectors[q]!, rotation);
        if (followers.length > 0) rotate(followers[p]!, followers[q]!, rotation);
        rotations++;
      }
    }
    if (rotations === 0) return;
  }
}

type Rotation = readonly [cosine: number, sine: number];

function rotationOf(a: Float64Array, b: Float64Array): Rotation | undefined {
  const [aa, bb, ab] = [dot(a, a), dot(b, b), dot(a, b)];
  if (Math.abs(ab) <= 1e-15 * Math.sqrt(aa * bb)) return undefined;
  const zeta = (bb - aa) / (2 * ab);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  return [cosine, cosine * tangent];
}

function rotate(a: Float64Array, b: Float64Array, [cosine, sine]: Rotation): void {
  for (let i = 0; i < a.length; i++) {
    const value = a[i]!;
    a[i] = cosine * value - sine * b[i]!;
    b[i] = sine * value + cosine * b[i]!;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}

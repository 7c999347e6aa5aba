import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { showShape } from "../tensor/shape.ts";
import { float32, scalar } from "../tensor/tensor.ts";

/** Penalty factor · mean of |cosine| over all pairs of a weight's rows or columns: it draws them to right angles. */
export interface OrthogonalRegularizer {
  readonly orthogonal: number;
  /** In Keras's layout of the weight: rows of a Dense kernel belong to inputs, columns to units. */
  readonly mode: "rows" | "columns";
}

/** An orthogonal regularizer for a weight as the engine holds it. */
export interface PlacedOrthogonal extends OrthogonalRegularizer {
  /** Rows and columns in the engine's order; `mode` counts in it too. */
  readonly matrix: readonly [number, number];
}

/**
 * @param name - Of the weight, for the error.
 * @param shape - Keras's.
 * @param permutation - Axis i of the engine is Keras's axis `permutation[i]`.
 * @throws PermafrostError SHAPE_MISMATCH for a weight that is no matrix (as Keras).
 */
export function placeOrthogonal(
  regularizer: OrthogonalRegularizer,
  name: string,
  shape: readonly number[],
  permutation: readonly number[],
): PlacedOrthogonal {
  const [rows, columns] = shape;
  if (shape.length !== 2) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `orthogonal regularizer: expected a weight of two axes, got ${name} ${showShape(shape)}. It is for kernels of dense layers.`,
    );
  }
  if (permutation[0] === 0) return { ...regularizer, matrix: [rows!, columns!] };
  const mode = regularizer.mode === "rows" ? "columns" : "rows";
  return { ...regularizer, mode, matrix: [columns!, rows!] };
}

/** Keras's `OrthogonalRegularizer`: 0 where there is only one row (Keras: not a number). */
export function orthogonalPenalty(
  g: GraphBuilder,
  weight: Value,
  { orthogonal, mode, matrix }: PlacedOrthogonal,
): Value {
  const along = mode === "rows" ? 1 : 0;
  const size = matrix[1 - along]!;
  if (size < 2) return g.constant(scalar(0));
  const unit = unitVectors(g, g.apply(operators.reshape, [weight], { shape: matrix }), along);
  const transposed = along === 1 ? { transposeB: true } : { transposeA: true };
  const cosines = g.apply(operators.abs, [g.apply(operators.matMul, [unit, unit], transposed)], {});
  const pairs = g.apply(operators.mul, [cosines, g.constant(offDiagonal(size), "pairs")], {});
  const sum = g.apply(operators.reduceSum, [pairs], { axes: [0, 1], keepDims: false });
  // Each pair is in the sum twice.
  return g.apply(operators.mul, [sum, g.constant(scalar(orthogonal / (size * (size - 1))), "factor")], {});
}

/** Rows or columns of length 1; ones shorter than 1e-7 stay shorter (`keras.config.epsilon()`). */
function unitVectors(g: GraphBuilder, matrix: Value, along: number): Value {
  const squares = g.apply(operators.square, [matrix], {});
  const sums = g.apply(operators.reduceSum, [squares], { axes: [along], keepDims: true });
  const bounded = g.apply(operators.maximum, [sums, g.constant(scalar(1e-14), "smallest")], {});
  return g.apply(operators.div, [matrix, g.apply(operators.sqrt, [bounded], {})], {});
}

function offDiagonal(size: number) {
  const values = new Float32Array(size * size).fill(1);
  for (let index = 0; index < size; index++) values[index * (size + 1)] = 0;
  return float32([size, size], values);
}

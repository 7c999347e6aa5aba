import type { Engine, Program } from "../../engine/engine.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import { operators } from "../../ops/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Products of the rows from `a` on with those from `b` on. */
export interface ProductTile {
  readonly a: number;
  readonly b: number;
  /** How many rows there are from `a` and `b` on. */
  readonly rows: readonly [a: number, b: number];
  /** Between the products of one row and those of the next. */
  readonly width: number;
  /** Of each matrix, the rows of `a` one after the other. */
  readonly products: readonly Float32Array[];
}

/** Rows of a tile: 4 MiB of products a matrix. */
const usualSide = 1024;

/**
 * Dot products of every row with every row before it, of several matrices with the same rows, tile by tile: never all of them in memory. Those
 * of a tile on the diagonal are there twice.
 */
export async function* rowProducts(
  engine: Engine,
  matrices: readonly FeatureMatrix[],
): AsyncGenerator<ProductTile> {
  const rows = matrices[0]!.rows;
  const side = Math.min(rows, usualSide);
  const program = await productProgram(engine, matrices, side);
  const waiting: Promise<ProductTile>[] = [];
  try {
    for (let a = 0; a < rows; a += side) {
      for (let b = 0; b <= a; b += side) {
        waiting.push(tileOf(program, matrices, { a, b, side }));
        if (waiting.length > engine.workers) yield waiting.shift()!;
      }
    }
    while (waiting.length > 0) yield waiting.shift()!;
  } finally {
    await Promise.allSettled(waiting);
    await program.close();
  }
}

async function productProgram(
  engine: Engine,
  matrices: readonly FeatureMatrix[],
  side: number,
): Promise<Program> {
  const builder = new GraphBuilder();
  const outputs = matrices.map(({ columns }, at) => {
    const [left, right] = ["left", "right"].map((name) =>
      builder.input(`${name}${at}`, { dtype: "float32", shape: [side, columns] }, { kind: "data" }),
    );
    return builder.apply(operators.matMul, [left!, right!], { transposeB: true });
  });
  return await engine.compile(builder.build(outputs));
}

async function tileOf(
  program: Program,
  matrices: readonly FeatureMatrix[],
  { a, b, side }: { readonly a: number; readonly b: number; readonly side: number },
): Promise<ProductTile> {
  const feeds = matrices.flatMap((matrix, at) => [
    [`left${at}`, rowsFrom(matrix, a, side)] as const,
    [`right${at}`, rowsFrom(matrix, b, side)] as const,
  ]);
  const results = await program.run(Object.fromEntries(feeds), { giveAway: true });
  const { rows } = matrices[0]!;
  return {
    a,
    b,
    rows: [Math.min(side, rows - a), Math.min(side, rows - b)],
    width: side,
    products: Object.values(results).map(({ data }) => data as Float32Array),
  };
}

/** A copy; behind the last row there are zeros. */
function rowsFrom({ columns, data }: FeatureMatrix, first: number, count: number): Tensor {
  const rows = new Float32Array(count * columns);
  rows.set(data.subarray(first * columns, (first + count) * columns));
  return { dtype: "float32", shape: [count, columns], data: rows };
}

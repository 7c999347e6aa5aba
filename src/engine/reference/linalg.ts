import type { MatMulAttributes } from "../../ops/linalg.ts";
import type { NoAttributes } from "../../ops/signature.ts";
import { type Evaluate, generate, read } from "./array.ts";

export const matMul: Evaluate<MatMulAttributes> = ([a, b], attributes) => {
  const { transposeA = false, transposeB = false, alpha = 1 } = attributes;
  const [rows, inner] = transposeA ? a!.shape.toReversed() : a!.shape;
  const columns = b!.shape[transposeB ? 0 : 1]!;
  return generate([rows!, columns], ([i, j]) => {
    let sum = 0;
    for (let k = 0; k < inner!; k++)
      sum += read(a!, transposeA ? [k, i!] : [i!, k]) * read(b!, transposeB ? [j!, k] : [k, j!]);
    return alpha * sum;
  });
};

export const batchMatMul: Evaluate<NoAttributes> = ([a, b]) => {
  const inner = a!.shape.at(-1)!;
  return generate([...a!.shape.slice(0, -1), b!.shape.at(-1)!], (index) => {
    const front = index.slice(0, -2);
    const [i, j] = index.slice(-2);
    let sum = 0;
    // A matrix that is the same for all has no axes in front.
    const at = b!.shape.length === 2 ? [] : front;
    for (let k = 0; k < inner; k++) sum += read(a!, [...front, i!, k]) * read(b!, [...at, k, j!]);
    return sum;
  });
};

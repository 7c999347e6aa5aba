import type { MatMulAttributes } from "../../ops/linalg.ts";
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

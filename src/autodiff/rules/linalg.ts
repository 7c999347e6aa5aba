import { operators } from "../../ops/index.ts";
import type { MatMulAttributes } from "../../ops/linalg.ts";
import type { VjpRule } from "../rule.ts";

/** Y = A B: dA = dY B^T, dB = A^T dY; with transposed factors, both sides transposed. */
export const matMul: VjpRule<MatMulAttributes> = ({ g, inputs: [a, b], dy, attributes }) => {
  const { transposeA = false, transposeB = false, alpha = 1 } = attributes;
  const { matMul } = operators;
  return [
    transposeA
      ? g.apply(matMul, [b!, dy], { alpha, transposeA: transposeB, transposeB: true })
      : g.apply(matMul, [dy, b!], { alpha, transposeB: !transposeB }),
    transposeB
      ? g.apply(matMul, [dy, a!], { alpha, transposeA: true, transposeB: transposeA })
      : g.apply(matMul, [a!, dy], { alpha, transposeA: !transposeA }),
  ];
};

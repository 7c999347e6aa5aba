import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import { operators } from "../../ops/index.ts";
import type { MatMulAttributes } from "../../ops/linalg.ts";
import type { NoAttributes } from "../../ops/signature.ts";
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

/** As `matMul` for each matrix; one that all share gets the sum of its gradients. */
export const batchMatMul: VjpRule<NoAttributes> = ({ g, inputs: [a, b], dy }) => {
  const { batchMatMul, reduceSum } = operators;
  const each = g.apply(batchMatMul, [turned(g, a!), dy], {});
  const shared = a!.type.shape.slice(0, -2).map((_, axis) => axis);
  return [
    g.apply(batchMatMul, [dy, turned(g, b!)], {}),
    b!.type.shape.length === 2 ? g.apply(reduceSum, [each], { axes: shared }) : each,
  ];
};

/** The last two axes exchanged. */
function turned(g: GraphBuilder, x: Value): Value {
  const rank = x.type.shape.length;
  const permutation = x.type.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return g.apply(operators.transpose, [x], { permutation });
}

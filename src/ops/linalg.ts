import { PermafrostError } from "../base/errors.ts";
import type { Operator } from "../graph/operator.ts";
import { elementsPerSample, sameShape, showShape } from "../tensor/shape.ts";
import { expectInputs, expectRank, expectSameDType, type NoAttributes } from "./signature.ts";

/** op(A) op(B) alpha, where op transposes or not. Defaults: no transposing, alpha 1. */
export interface MatMulAttributes {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly alpha?: number;
}

/**
 * Matrix product of [m, k] and [k, n] (each perhaps given transposed), times `alpha`: [m, n].
 *
 * The plain product is ONNX's MatMul, which ONNX Runtime joins with a following add. The others are Gemm, as fast
 * as Runtime's own FusedMatMul and part of the standard.
 */
export const matMul: Operator<"matMul", MatMulAttributes> = {
  name: "matMul",
  infer(inputs, { transposeA = false, transposeB = false }) {
    expectInputs(inputs, 2);
    expectSameDType(inputs);
    const [a, b] = inputs;
    for (const input of inputs) expectRank(input, 2, "[rows, columns]");
    const [m, k] = transposeA ? a!.shape.toReversed() : a!.shape;
    const [l, n] = transposeB ? b!.shape.toReversed() : b!.shape;
    if (k !== l) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `expected as many columns on the left as rows on the right, got ${showShape([m!, k!])} and ${showShape([l!, n!])}.`,
      );
    }
    return [{ dtype: a!.dtype, shape: [m!, n!] }];
  },
  lower(onnx, node) {
    const { transposeA = false, transposeB = false, alpha = 1 } = node.attributes;
    if (!transposeA && !transposeB && alpha === 1) {
      onnx.node("MatMul", node.inputs, node.outputs);
      return;
    }
    onnx.node("Gemm", node.inputs, node.outputs, {
      transA: { int: Number(transposeA) },
      transB: { int: Number(transposeB) },
      alpha: { float: alpha },
    });
  },
  mixesBatch: ([a], { transposeA = false }) => a!.shape[transposeA ? 0 : 1] === "batch",
  multiplyAdds([a, b], { transposeB = false }) {
    return elementsPerSample(a!.shape) * elementsPerSample([b!.shape[transposeB ? 0 : 1]!]);
  },
};

/**
 * Matrix products of the last two axes, [..., m, k] and [..., k, n] to [..., m, n]. The axes in front are the same on both sides, or
 * the second factor has none: then it is one matrix for all.
 */
export const batchMatMul: Operator<"batchMatMul", NoAttributes> = {
  name: "batchMatMul",
  infer(inputs) {
    expectInputs(inputs, 2);
    expectSameDType(inputs);
    const [a, b] = inputs.map(({ shape }) => shape);
    const front = a!.slice(0, -2);
    const isShared = b!.length === 2;
    const isFit =
      a!.length >= 3 && (isShared || sameShape(front, b!.slice(0, -2))) && a!.at(-1) === b!.at(-2);
    if (!isFit || [...a!.slice(-2), ...b!.slice(-2)].includes("batch")) {
      throw new PermafrostError(
        "SHAPE_MISMATCH",
        `expected [..., rows, inner] and [..., inner, columns] with the same axes in front, got ${showShape(a!)} and ${showShape(b!)}.`,
      );
    }
    return [{ dtype: inputs[0]!.dtype, shape: [...front, a!.at(-2)!, b!.at(-1)!] }];
  },
  lower: (onnx, { inputs, outputs }) => onnx.node("MatMul", inputs, outputs),
  multiplyAdds: ([a, b]) => elementsPerSample(a!.shape) * elementsPerSample([b!.shape.at(-1)!]),
};

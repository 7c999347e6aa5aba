import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { interpret } from "../../src/engine/reference/interpret.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Operator } from "../../src/graph/operator.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { type OperatorName, operators } from "../../src/ops/index.ts";
import { caseShape, caseTensor, type OperatorCase, operatorCases } from "../support/operatorCases.ts";

const names = Object.keys(operators) as OperatorName[];

describe("the ONNX form of each operator", () => {
  it("has a case", () => {
    expect(names.filter((name) => operatorCases[name].length === 0)).toEqual([]);
  });

  for (const name of names) {
    const cases = operatorCases[name] as readonly OperatorCase<unknown>[];
    it.each(cases)(`${name} computes what the reference computes: %j`, async ({ inputs, attributes }) => {
      const g = new GraphBuilder();
      const tensors = inputs.map((input, index) => caseTensor(input, `${name} ${index}`));
      const values = inputs.map((input, index) =>
        g.input(`x${index}`, { dtype: tensors[index]!.dtype, shape: caseShape(input) }, { kind: "data" }),
      );
      const graph = g.build(g.applyAll(operators[name] as Operator<string, unknown>, values, attributes));
      const expected = interpret(graph, new Map(tensors.map((tensor, index) => [`x${index}`, tensor])));

      const session = await InferenceSession.create(encodeModel(graph));
      const feeds = tensors.map(({ dtype, data, shape }, index) => [
        `x${index}`,
        new OrtTensor(dtype, data as Float32Array, shape),
      ]);
      const results = await session.run(Object.fromEntries(feeds));
      for (const [index, { shape, data }] of expected.entries()) {
        const result = results[graph.outputs[index]!.name]!;
        expect(result.dims).toEqual(shape);
        const scale = Math.max(...data.map(Math.abs));
        for (const [position, value] of data.entries()) {
          const received = Number((result.data as Float32Array | BigInt64Array)[position]);
          expect
            .soft(Math.abs(received - value))
            .toBeLessThanOrEqual(1e-5 * Math.max(Math.abs(value), scale / 10));
        }
      }
    });
  }

  it("keeps the small values of softplus, which the cross-entropies of sure predictions are", async () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "float32", shape: [3] }, { kind: "data" });
    const y = g.apply(operators.softplus, [x], {});
    const session = await InferenceSession.create(encodeModel(g.build([y])));
    const result = await session.run({ x: new OrtTensor("float32", [-8, -20, -60], [3]) });
    const [a, b, c] = result[y.name]!.data as Float32Array;
    expect(a! / Math.log1p(Math.exp(-8))).toBeCloseTo(1, 5);
    expect(b! / Math.log1p(Math.exp(-20))).toBeCloseTo(1, 5);
    expect(c! / Math.log1p(Math.exp(-60))).toBeCloseTo(1, 5);
  });
});

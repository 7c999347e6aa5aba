import ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { interpret } from "../../src/engine/reference/interpret.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { encodeModel } from "../../src/onnx/encode.ts";
import { parseModel } from "../../src/onnx/model/readModel.ts";
import { operators } from "../../src/ops/index.ts";
import { float32 } from "../../src/tensor/tensor.ts";

/** Zeros around a picture, then the largest of each window; behind a ReLU or not. */
function pooled(rectified: boolean) {
  const g = new GraphBuilder();
  const x = g.input("x", { dtype: "float32", shape: ["batch", 1, 5, 5] }, { kind: "data" });
  const start = rectified ? g.apply(operators.relu, [x], {}) : x;
  const margins = [0, 0, 1, 1];
  const padded = g.apply(operators.pad, [start], { before: margins, after: margins });
  const window = { size: [3, 3], strides: [2, 2] } as const;
  return g.build([g.apply(operators.maxPool2d, [padded], window)]);
}

const negative = float32(
  [1, 1, 5, 5],
  Float32Array.from({ length: 25 }, (_, index) => -1 - index),
);

describe("zeros before a pooling", () => {
  it.each([false, true])("win over negative values as they should; behind a ReLU: %s", async (rectified) => {
    const graph = pooled(rectified);
    const [expected] = interpret(graph, new Map([["x", negative]]));
    const session = await ort.InferenceSession.create(encodeModel(graph), { logSeverityLevel: 3 });
    const results = await session.run({ x: new ort.Tensor("float32", negative.data, [1, 1, 5, 5]) });
    await session.release();
    const found = Object.values(results)[0]!.data as Float32Array;
    expect([...found]).toEqual([...expected!.data]);
    expect(found[0]).toBe(0);
    expect(found[4]).toBe(rectified ? 0 : -7);
  });

  it("name their axes, which keeps them out of the pooling, unless nothing is below zero", () => {
    const inputs = (rectified: boolean) =>
      parseModel(encodeModel(pooled(rectified)), "test").graph!.node.map(({ opType, input, output }) => [
        opType,
        input.length,
        output.length,
      ]);
    expect(inputs(false)).toEqual([
      ["Pad", 4, 1],
      ["MaxPool", 1, 1],
    ]);
    expect(inputs(true)).toEqual([
      ["Relu", 1, 1],
      ["Pad", 3, 1],
      ["MaxPool", 1, 1],
    ]);
  });
});

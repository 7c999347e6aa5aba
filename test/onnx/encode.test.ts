import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { encodeModel, sentinelOutput } from "../../src/onnx/encode.ts";
import { operators } from "../../src/ops/index.ts";
import { float32, scalar } from "../../src/tensor/tensor.ts";

function dense() {
  const g = new GraphBuilder();
  const x = g.input("x", { dtype: "float32", shape: ["batch", 2] }, { kind: "data" });
  const kernel = g.constant(float32([2, 2], [1, 2, 3, 4]), "kernel");
  const bias = g.constant(float32([2], [10, 20]), "bias");
  const y = g.apply(operators.add, [g.apply(operators.matMul, [x, kernel], {}), bias], {});
  return { g, x, y };
}

describe("encodeModel", () => {
  it("writes a model that ONNX Runtime runs at any batch size", async () => {
    const { g, y } = dense();
    const session = await InferenceSession.create(encodeModel(g.build([y])));
    for (const batch of [1, 3]) {
      const x = new OrtTensor("float32", new Float32Array(batch * 2).fill(1), [batch, 2]);
      const result = await session.run({ x });
      expect([...(result[y.name]!.data as Float32Array)].slice(-2)).toEqual([14, 26]);
    }
  });

  it("gives the same bytes for the same graph", () => {
    const [a, b] = [dense(), dense()];
    expect(encodeModel(a.g.build([a.y]))).toEqual(encodeModel(b.g.build([b.y])));
  });

  it("stores equal constants once", () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "float32", shape: [1000] }, { kind: "data" });
    const one = g.constant(float32([1000], new Float32Array(1000).fill(1)));
    const same = g.constant(float32([1000], new Float32Array(1000).fill(1)));
    const y = g.apply(operators.add, [g.apply(operators.mul, [x, one], {}), same], {});
    expect(encodeModel(g.build([y])).length).toBeLessThan(6000);
  });

  it("hands out inputs, constants and repeated values as outputs", async () => {
    const { g, x, y } = dense();
    const two = g.constant(scalar(2), "two");
    const session = await InferenceSession.create(encodeModel(g.build([y, x, two, y])));
    expect(session.outputNames).toEqual([y.name, "x", "two"]);
    const result = await session.run({ x: new OrtTensor("float32", [5, 6], [1, 2]) });
    expect([...(result["x"]!.data as Float32Array)]).toEqual([5, 6]);
    expect([...(result["two"]!.data as Float32Array)]).toEqual([2]);
  });

  it("puts the sentinel first, and preallocated outputs are filled before it is refused", async () => {
    const { g, y } = dense();
    const session = await InferenceSession.create(encodeModel(g.build([y]), { sentinel: true }));
    expect(session.outputNames).toEqual([sentinelOutput, y.name]);
    const filled = new Float32Array(2);
    const run = session.run(
      { x: new OrtTensor("float32", [1, 1], [1, 2]) },
      { [sentinelOutput]: null, [y.name]: new OrtTensor("float32", filled, [1, 2]) },
    );
    await expect(run).rejects.toThrow("Non tensor type");
    expect([...filled]).toEqual([14, 26]);
  });
});

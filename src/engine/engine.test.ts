import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../base/random.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { float32, type Tensor } from "../tensor/tensor.ts";
import { Engine } from "./engine.ts";

/** x [batch, 6] · w [6, 5], then relu; the weights are constants. */
function denseGraph(): { graph: Graph; output: string } {
  const random = new Random("dense graph");
  const g = new GraphBuilder();
  const x = g.input("x", { dtype: "float32", shape: ["batch", 6] }, { kind: "data" });
  const w = g.constant(
    float32(
      [6, 5],
      Array.from({ length: 30 }, () => random.normal()),
    ),
  );
  const y = g.apply(operators.relu, [g.apply(operators.matMul, [x, w], {})], {});
  return { graph: g.build([y]), output: y.name };
}

function rows(n: number): Tensor<"float32"> {
  const random = new Random("rows");
  return float32(
    [n, 6],
    Array.from({ length: n * 6 }, () => random.normal()),
  );
}

describe("engine", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.start({ workers: 2 });
  });
  afterAll(() => engine.close());

  it("says its version and numerics class", () => {
    expect(engine.version).toBe("1.30.0");
    expect(engine.numericsClass).toContain("onnxruntime-node 1.30.0");
    expect(engine.numericsClass).toContain(process.arch);
  });

  it("spares outputs a second copy with this exact version of ONNX Runtime", () => {
    expect(engine.skipsCopies).toBe(true);
  });

  it("gives a row the same bits alone and in any batch", async () => {
    const { graph, output } = denseGraph();
    const program = await engine.compile(graph);
    const all = await program.run({ x: rows(20) });
    for (let row = 0; row < 20; row++) {
      const one = { ...rows(1), data: rows(20).data.subarray(row * 6, row * 6 + 6) };
      const alone = await program.run({ x: one });
      expect([...alone[output]!.data]).toEqual([...all[output]!.data.subarray(row * 5, row * 5 + 5)]);
    }
    await program.close();
  });

  it("leaves the event loop free while it computes", async () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "float32", shape: ["batch", "batch"] }, { kind: "data" });
    let y = x;
    for (let i = 0; i < 20; i++) y = g.apply(operators.matMul, [y, x], {});
    const program = await engine.compile(g.build([y]));
    const happened: string[] = [];
    const result = program
      .run({ x: float32([512, 512], new Float32Array(512 * 512)) })
      .then(() => happened.push("result"));
    // 5 billion multiplications take far longer than one turn of a loop that nobody holds up.
    setImmediate(() => happened.push("turn of the loop"));
    await result;
    expect(happened).toEqual(["turn of the loop", "result"]);
    await program.close();
  });

  it.each([
    [{ y: rows(2) }, "input x is missing; fed: y."],
    [{ x: rows(2), y: rows(2) }, "y is not an input; the model asks for x."],
    [{ x: float32([2, 3], new Float32Array(6)) }, "input x: expected float32[batch, 6], got float32[2, 3]."],
    [
      { x: { dtype: "float64", shape: [1, 6], data: new Float64Array(6) } as Tensor },
      "input x: expected float32[batch, 6], got float64[1, 6].",
    ],
  ])("refuses feeds that do not fit the graph (case %#)", async (feeds, message) => {
    const program = await engine.compile(denseGraph().graph);
    await expect(program.run(feeds as Record<string, Tensor>)).rejects.toMatchObject({
      code: "FEEDS_MISMATCH",
      message,
    });
    await program.close();
  });
});

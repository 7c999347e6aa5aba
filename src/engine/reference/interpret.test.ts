import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../graph/builder.ts";
import { operators } from "../../ops/index.ts";
import { float32, tensor } from "../../tensor/tensor.ts";
import { interpret } from "./interpret.ts";

describe("interpret", () => {
  const g = new GraphBuilder();
  const x = g.input("x", { dtype: "float32", shape: ["batch", 2] }, { kind: "data" });
  const y = g.apply(operators.exp, [x], {});
  const graph = g.build([y, x]);

  it("calculates in float64 and hands the outputs back in their order", () => {
    const [first, second] = interpret(graph, new Map([["x", float32([1, 2], [0, 1])]]));
    expect(first).toEqual({ dtype: "float64", shape: [1, 2], data: Float64Array.of(1, Math.E) });
    expect([...second!.data]).toEqual([0, 1]);
  });

  it("takes integers of 64 bits", () => {
    const builder = new GraphBuilder();
    const labels = builder.input("labels", { dtype: "int64", shape: ["batch"] }, { kind: "target" });
    const rows = builder.build([builder.apply(operators.oneHot, [labels], { depth: 2 })]);
    const feeds = new Map([["labels", tensor("int64", [2], BigInt64Array.of(1n, 0n))]]);
    expect([...interpret(rows, feeds)[0]!.data]).toEqual([0, 1, 1, 0]);
  });

  it("says what is fed wrongly", () => {
    expect(() => interpret(graph, new Map())).toThrow("input x: expected float32[batch, 2], got nothing.");
    expect(() => interpret(graph, new Map([["x", float32([3], [1, 2, 3])]]))).toThrow(
      "input x: expected float32[batch, 2], got [3].",
    );
  });
});

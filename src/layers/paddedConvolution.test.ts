import { describe, expect, it } from "vitest";
import { interpret } from "../engine/reference/interpret.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Node, Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { float32, scalar } from "../tensor/tensor.ts";
import { convolve } from "./convolution.ts";

const pixels = float32(
  [1, 1, 4, 5],
  Float32Array.from({ length: 20 }, (_, index) => index - 7.5),
);
const kernel = float32(
  [1, 1, 3, 3],
  Float32Array.from({ length: 9 }, (_, index) => (index % 4) - 1),
);

/** The nodes of a convolution of the padded picture, and its numbers. */
function convolved(pad: (g: GraphBuilder, x: Value) => Value, padding: "valid" | "same") {
  const g = new GraphBuilder();
  const x = g.input("x", { dtype: "float32", shape: ["batch", 1, 4, 5] }, { kind: "data" });
  const y = convolve(
    g,
    pad(g, x),
    { kernel: g.constant(kernel, "kernel"), bias: undefined },
    {
      kernelSize: [3, 3],
      strides: [2, 1],
      padding,
      dilationRate: [1, 1],
      activation: "linear",
      groups: 1,
    },
  );
  const graph = g.build([y]);
  const [result] = interpret(graph, new Map([["x", pixels]]));
  return { nodes: graph.nodes.map(({ op }: Node) => op.name), data: Array.from(result!.data, Number) };
}

const zeros = { before: [0, 0, 1, 0], after: [0, 0, 2, 3] };

describe("a convolution behind a padding", () => {
  it.each(["valid", "same"] as const)("takes zeros as its own, padding %s", (padding) => {
    const joined = convolved((g, x) => g.apply(operators.pad, [x], zeros), padding);
    // x - 0 between them keeps them apart.
    const apart = convolved((g, x) => {
      const padded = g.apply(operators.pad, [x], zeros);
      return g.apply(operators.sub, [padded, g.constant(scalar(0), "zero")], {});
    }, padding);
    expect(joined.nodes).toEqual(["conv2d"]);
    expect(apart.nodes).toContain("pad");
    expect(joined.data).toEqual(apart.data);
  });

  it("leaves a padding with another number alone", () => {
    const pad = (g: GraphBuilder, x: Value) => g.apply(operators.pad, [x], { ...zeros, value: 1 });
    expect(convolved(pad, "valid").nodes).toEqual(["pad", "conv2d"]);
  });
});

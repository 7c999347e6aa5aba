import { describe, expect, it } from "vitest";
import { interpret } from "../../src/engine/reference/interpret.ts";
import { bindParameters, subgraph } from "../../src/graph/bind.ts";
import { printGraph } from "../../src/graph/print.ts";
import { verifyGraph } from "../../src/graph/verify.ts";
import { operators } from "../../src/ops/index.ts";
import { float32, scalar } from "../../src/tensor/tensor.ts";
import { denseGraph } from "../support/denseGraph.ts";

const x = float32([2, 3], [1, 2, 3, 4, 5, 6]);
const kernel = float32([3, 1], [1, 0, -1]);
const bias = float32([1], [0.5]);

describe("bindParameters", () => {
  it("turns parameters into constants without changing the results", () => {
    const { g, logits } = denseGraph();
    const graph = g.build([logits]);
    const bound = bindParameters(graph, new Map([["dense/kernel", kernel]]));
    verifyGraph(bound);
    expect(bound.inputs.map((input) => input.name)).toEqual(["x", "dense/bias"]);
    const feeds = new Map([
      ["x", x],
      ["dense/kernel", kernel],
      ["dense/bias", bias],
    ]);
    expect(interpret(bound, feeds)).toEqual(interpret(graph, feeds));
  });

  it("refuses a tensor of another shape", () => {
    const { g, logits } = denseGraph();
    expect(() => bindParameters(g.build([logits]), new Map([["dense/bias", float32([2], [1, 2])]]))).toThrow(
      "parameter dense/bias (dense/bias): expected float32[1], got float32[2].",
    );
  });
});

describe("subgraph", () => {
  it("starts at given values and keeps only what the outputs need", () => {
    const { g, logits, loss } = denseGraph();
    const tail = subgraph(g.build([loss]), [logits], [loss]);
    verifyGraph(tail);
    expect(printGraph(tail)).toMatchInlineSnapshot(`
      "input dense/add: float32[batch, 1] (data)
      input target: float32[batch, 1] (target)
      -- loss
      loss/softplus = softplus(dense/add) : float32[batch, 1]
      loss/mul = mul(dense/add, target) : float32[batch, 1]
      loss/sub = sub(loss/softplus, loss/mul) : float32[batch, 1]
      loss/reduceMean = reduceMean(loss/sub) : float32[]
      output loss/reduceMean"
    `);
  });

  it("splits a graph without changing its results", () => {
    const { g, logits } = denseGraph();
    const doubled = g.apply(operators.mul, [logits, g.constant(scalar(2))], {});
    const graph = g.build([doubled]);
    const [head, tail] = [subgraph(graph, [], [logits]), subgraph(graph, [logits], [doubled])];
    const feeds = new Map([
      ["x", x],
      ["dense/kernel", kernel],
      ["dense/bias", bias],
    ]);
    const [features] = interpret(head, feeds);
    expect(interpret(tail, new Map([[logits.name, features!]]))).toEqual(interpret(graph, feeds));
  });

  it("hands a starting value through", () => {
    const { g, logits } = denseGraph();
    const graph = g.build([logits]);
    const through = subgraph(graph, [logits], [logits]);
    verifyGraph(through);
    expect(through.nodes).toEqual([]);
  });
});

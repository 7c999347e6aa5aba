import { describe, expect, it } from "vitest";
import type { Graph, Node, Value } from "../../src/graph/graph.ts";
import { verifyGraph } from "../../src/graph/verify.ts";
import { denseGraph } from "../support/denseGraph.ts";

function graph(): Graph {
  const { g, loss } = denseGraph();
  return g.build([loss]);
}

/** The graph with one node changed. */
function withNode(at: number, change: (node: Node) => Node): Graph {
  const whole = graph();
  return { ...whole, nodes: whole.nodes.with(at, change(whole.nodes[at]!)) };
}

/** The graph with one input changed, the nodes left as they are. */
function withInput(at: number, change: Partial<Value>): Graph {
  const whole = graph();
  return { ...whole, inputs: whole.inputs.with(at, { ...whole.inputs[at]!, ...change }) };
}

describe("verifyGraph", () => {
  it("accepts what the builder builds", () => {
    expect(() => verifyGraph(graph())).not.toThrow();
  });

  it.each<[string, Graph, string]>([
    [
      "nodes out of order",
      { ...graph(), nodes: graph().nodes.toReversed() },
      "loss: reduceMean (loss/reduceMean): its input loss/sub is not computed before it.",
    ],
    [
      "a node that misses an input",
      withNode(0, (node) => ({ ...node, inputs: node.inputs.slice(1) })),
      "dense: matMul (dense/matMul): its inputs do not fit: expected 2 inputs, got 1.",
    ],
    [
      "a result of the wrong type",
      withNode(0, (node) => ({
        ...node,
        outputs: [{ ...node.outputs[0]!, type: { dtype: "float32", shape: [7] } }],
      })),
      "dense: matMul (dense/matMul): dense/matMul is float32[batch, 1] by its operator, but says float32[7].",
    ],
    [
      "a missing result",
      withNode(0, (node) => ({ ...node, outputs: [] })),
      "dense: matMul (matMul): expected 1 results, got 0.",
    ],
    [
      "a result that another node claims",
      withNode(0, (node) => ({ ...node, outputs: [{ ...node.outputs[0]! }], scope: "other" })),
      "other: matMul (dense/matMul): dense/matMul says that it comes from elsewhere.",
    ],
    ["two values of one name", withInput(1, { name: "x" }), "input x: the name x is used for two values."],
    [
      "an input that is computed",
      { ...graph(), inputs: [graph().nodes[0]!.outputs[0]!] },
      "input dense/matMul: it is the result of a node or a constant.",
    ],
    [
      "a parameter with a batch axis",
      withInput(2, { type: { dtype: "float32", shape: ["batch", 1] } }),
      "input dense/kernel: a parameter is the same for every batch and has no batch axis.",
    ],
    [
      "two batch axes",
      withInput(0, { type: { dtype: "float32", shape: ["batch", "batch"] } }),
      "input x: it has two batch axes.",
    ],
    [
      "a negative size",
      withInput(0, { type: { dtype: "float32", shape: ["batch", -1] } }),
      "input x: expected sizes to be integers of at least 0, got -1.",
    ],
    [
      "a dropout rate that drops everything",
      withInput(0, {
        source: {
          kind: "input",
          role: { kind: "random", draw: { kind: "dropout", rate: 1, layer: "drop" } },
        },
      }),
      "input x: expected a dropout rate from 0 to below 1, got 1.",
    ],
    ["no output", { ...graph(), outputs: [] }, "graph: it has no output."],
    [
      "an output of another graph",
      { ...graph(), outputs: graph().outputs },
      "output loss/reduceMean: nothing in the graph computes it.",
    ],
  ])("rejects %s", (_, wrong, message) => {
    expect(() => verifyGraph(wrong)).toThrow(expect.objectContaining({ code: "GRAPH_INVALID", message }));
  });
});

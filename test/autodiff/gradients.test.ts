import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import type { VjpRules } from "../../src/autodiff/rules/index.ts";
import { vjpRules } from "../../src/autodiff/rules/index.ts";
import { interpret } from "../../src/engine/reference/interpret.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { printGraph } from "../../src/graph/print.ts";
import { verifyGraph } from "../../src/graph/verify.ts";
import { operators } from "../../src/ops/index.ts";
import { float32, scalar } from "../../src/tensor/tensor.ts";
import { denseGraph } from "../support/denseGraph.ts";

describe("gradients", () => {
  it("differentiates a dense layer under a cross-entropy into a few nodes", () => {
    const { g, kernel, bias, loss } = denseGraph();
    const graph = g.build(gradients(g, loss, [kernel, bias]));
    verifyGraph(graph);
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "input x: float32[batch, 3] (data)
      input target: float32[batch, 1] (target)
      input dense/kernel: float32[3, 1] (parameter dense/kernel)
      input dense/bias: float32[1] (parameter dense/bias)
      constant number: float32[] = 1
      -- dense
      dense/matMul = matMul(x, dense/kernel) : float32[batch, 1]
      dense/add = add(dense/matMul, dense/bias) : float32[batch, 1]
      -- loss
      loss/mul = mul(dense/add, target) : float32[batch, 1]
      loss/softplus = softplus(dense/add) : float32[batch, 1]
      loss/sub = sub(loss/softplus, loss/mul) : float32[batch, 1]
      -- gradients/loss
      gradients/loss/axisSize = axisSize(loss/sub) {axis:0} : float32[]
      gradients/loss/div = div(number, gradients/loss/axisSize) : float32[]
      gradients/loss/reshape = reshape(gradients/loss/div) {shape:[1,1]} : float32[1, 1]
      gradients/loss/broadcastLike = broadcastLike(gradients/loss/reshape, loss/sub) : float32[batch, 1]
      gradients/loss/neg = neg(gradients/loss/broadcastLike) : float32[batch, 1]
      gradients/loss/mul = mul(gradients/loss/neg, target) : float32[batch, 1]
      gradients/loss/sigmoid = sigmoid(dense/add) : float32[batch, 1]
      gradients/loss/mul_2 = mul(gradients/loss/broadcastLike, gradients/loss/sigmoid) : float32[batch, 1]
      gradients/loss/add = add(gradients/loss/mul, gradients/loss/mul_2) : float32[batch, 1]
      -- gradients/dense
      gradients/dense/reduceSum = reduceSum(gradients/loss/add) {axes:[0]} : float32[1]
      gradients/dense/matMul_1 = matMul(x, gradients/loss/add) {alpha:1,transposeA:true} : float32[3, 1]
      output gradients/dense/matMul_1, gradients/dense/reduceSum"
    `);
  });

  it("gives (sigmoid(z) - y) / batch as the cross-entropy's gradient by the logits", () => {
    const { g, logits, loss } = denseGraph();
    const graph = g.build(gradients(g, loss, [logits]));
    const feeds = new Map([
      ["x", float32([2, 3], [1, 2, 3, 4, 5, 6])],
      ["dense/kernel", float32([3, 1], [0, 0, 0])],
      ["dense/bias", float32([1], [0])],
      ["target", float32([2, 1], [0, 1])],
    ]);
    expect([...interpret(graph, feeds)[0]!.data]).toEqual([0.25, -0.25]);
  });

  it.each(["maximum", "minimum"] as const)(
    "gives the first of equals all of the gradient of a %s",
    (name) => {
      const g = new GraphBuilder();
      const values = ["a", "b"].map((input) =>
        g.input(input, { dtype: "float32", shape: [3] }, { kind: "data" }),
      );
      const loss = g.apply(operators.reduceSum, [g.apply(operators[name], values, {})], {});
      const feeds = new Map([
        ["a", float32([3], [1, 2, 3])],
        ["b", float32([3], [1, 3, 2])],
      ]);
      const [first, second] = interpret(g.build(gradients(g, loss, values)), feeds);
      const wins = name === "maximum" ? [1, 0, 1] : [1, 1, 0];
      expect([...first!.data]).toEqual(wins);
      expect([...second!.data]).toEqual(wins.map((win) => 1 - win));
    },
  );

  it("adds up what a value contributes in several places", () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "float32", shape: [] }, { kind: "data" });
    const square = g.apply(operators.mul, [x, x], {});
    const loss = g.apply(operators.add, [g.apply(operators.mul, [square, x], {}), square], {});
    const [dx] = interpret(g.build(gradients(g, loss, [x])), new Map([["x", scalar(3)]]));
    expect(dx!.data[0]).toBe(3 * 9 + 2 * 3);
  });

  it("is zero for a target that the loss does not depend on, and one for the loss itself", () => {
    const { g, x, loss } = denseGraph();
    const other = g.input(
      "other",
      { dtype: "float32", shape: [2] },
      { kind: "parameter", parameter: "other" },
    );
    const [dOther, dLoss] = gradients(g, loss, [other, loss]);
    expect(dOther!.type).toEqual(other.type);
    expect([...interpret(g.build([dOther!]), new Map())[0]!.data]).toEqual([0, 0]);
    expect([...interpret(g.build([dLoss!]), new Map())[0]!.data]).toEqual([1]);

    const perSample = gradients(g, g.constant(scalar(1)), [x])[0]!;
    const feeds = new Map([["x", float32([2, 3], [1, 2, 3, 4, 5, 6])]]);
    expect(interpret(g.build([perSample]), feeds)[0]!.shape).toEqual([2, 3]);
  });

  it("does not look below targets", () => {
    const g = new GraphBuilder();
    const labels = g.input("labels", { dtype: "float32", shape: [2] }, { kind: "target" });
    const oneHot = g.apply(operators.oneHot, [labels], { depth: 2 });
    const loss = g.apply(operators.reduceSum, [g.apply(operators.square, [oneHot], {})], {});
    const [d] = interpret(g.build(gradients(g, loss, [oneHot])), new Map([["labels", float32([2], [0, 1])]]));
    expect([...d!.data]).toEqual([2, 0, 0, 2]);
  });

  it("names the layer and the operator that no gradient flows through", () => {
    const g = new GraphBuilder();
    const labels = g.input("labels", { dtype: "float32", shape: [2] }, { kind: "target" });
    const oneHot = g.scope("coder", () => g.apply(operators.oneHot, [labels], { depth: 2 }));
    const loss = g.apply(operators.reduceSum, [oneHot], {});
    expect(() => gradients(g, loss, [labels])).toThrow(
      expect.objectContaining({
        code: "NO_GRADIENT",
        message:
          "coder: oneHot: no gradient flows through this operator: class numbers are not continuous. Freeze the layers before it.",
      }),
    );
  });

  it("refuses a loss that is no scalar", () => {
    const { g, x, logits } = denseGraph();
    expect(() => gradients(g, logits, [x])).toThrow(/expected the loss to be a float32 scalar/);
  });
});

describe("vjpRules", () => {
  it("does not compile without a rule for every operator", () => {
    const { relu: _, ...rest } = vjpRules;
    // @ts-expect-error the rule of relu is missing
    const incomplete: VjpRules = rest;
    expect(incomplete).not.toHaveProperty("relu");
  });
});

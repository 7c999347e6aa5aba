import { describe, expect, it } from "vitest";
import { printGraph } from "../../src/graph/print.ts";
import { operators } from "../../src/ops/index.ts";
import { scalar } from "../../src/tensor/tensor.ts";
import { denseGraph } from "../support/denseGraph.ts";

describe("printGraph", () => {
  it("shows inputs with their roles, and nodes under the path of their layer", () => {
    const { g, loss } = denseGraph();
    expect(printGraph(g.build([loss]))).toMatchInlineSnapshot(`
      "input x: float32[batch, 3] (data)
      input target: float32[batch, 1] (target)
      input dense/kernel: float32[3, 1] (parameter dense/kernel)
      input dense/bias: float32[1] (parameter dense/bias)
      -- dense
      dense/matMul = matMul(x, dense/kernel) : float32[batch, 1]
      dense/add = add(dense/matMul, dense/bias) : float32[batch, 1]
      -- loss
      loss/mul = mul(dense/add, target) : float32[batch, 1]
      loss/softplus = softplus(dense/add) : float32[batch, 1]
      loss/sub = sub(loss/softplus, loss/mul) : float32[batch, 1]
      loss/reduceMean = reduceMean(loss/sub) : float32[]
      output loss/reduceMean"
    `);
  });

  it("shows attributes and small constants", () => {
    const { g, logits } = denseGraph();
    const half = g.apply(operators.mul, [logits, g.constant(scalar(0.5), "half")], {});
    const bounded = g.apply(operators.clip, [half], { min: -1, max: 1 });
    expect(printGraph(g.build([bounded, logits]))).toMatchInlineSnapshot(`
      "input x: float32[batch, 3] (data)
      input dense/kernel: float32[3, 1] (parameter dense/kernel)
      input dense/bias: float32[1] (parameter dense/bias)
      constant half: float32[] = 0.5
      -- dense
      dense/matMul = matMul(x, dense/kernel) : float32[batch, 1]
      dense/add = add(dense/matMul, dense/bias) : float32[batch, 1]
      --
      mul = mul(dense/add, half) : float32[batch, 1]
      clip = clip(mul) {max:1,min:-1} : float32[batch, 1]
      output clip, dense/add"
    `);
  });
});

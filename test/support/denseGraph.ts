import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Value } from "../../src/graph/graph.ts";
import { operators } from "../../src/ops/index.ts";

/** The graph of a small dense layer under a binary cross-entropy from logits, as a builder and its values. */
export function denseGraph() {
  const g = new GraphBuilder();
  const x = g.input("x", { dtype: "float32", shape: ["batch", 3] }, { kind: "data" });
  const target = g.input("target", { dtype: "float32", shape: ["batch", 1] }, { kind: "target" });
  const kernel = parameter(g, "dense/kernel", [3, 1]);
  const bias = parameter(g, "dense/bias", [1]);
  const logits = g.scope("dense", () =>
    g.apply(operators.add, [g.apply(operators.matMul, [x, kernel], {}), bias], {}),
  );
  const loss = g.scope("loss", () => {
    const product = g.apply(operators.mul, [logits, target], {});
    const perSample = g.apply(operators.sub, [g.apply(operators.softplus, [logits], {}), product], {});
    return g.apply(operators.reduceMean, [perSample], {});
  });
  return { g, x, target, kernel, bias, logits, loss };
}

function parameter(g: GraphBuilder, name: string, shape: readonly number[]): Value {
  return g.input(name, { dtype: "float32", shape }, { kind: "parameter", parameter: name });
}

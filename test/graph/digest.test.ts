import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import { graphDigest } from "../../src/graph/digest.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { operators } from "../../src/ops/index.ts";
import { float32 } from "../../src/tensor/tensor.ts";

interface Variant {
  readonly names?: readonly [input: string, scope: string, constant: string];
  readonly weight?: number;
  readonly bound?: number;
  readonly reluFirst?: boolean;
  readonly attributes?: object;
}

/** relu(x) * weight + clip(x), written down in different ways. */
function graph({
  names = ["x", "a", "w"],
  weight = 2,
  bound = 1,
  reluFirst = true,
  attributes = {},
}: Variant): Graph {
  const g = new GraphBuilder();
  const x = g.input(names[0], { dtype: "float32", shape: ["batch", 2] }, { kind: "data" });
  const constant = g.constant(float32([2, 2], [weight, 0, 0, weight]), names[2]);
  const clip = () => g.apply(operators.clip, [x], { min: -bound, max: bound });
  const early = reluFirst ? undefined : clip();
  const left = g.scope(names[1], () =>
    g.apply(operators.matMul, [g.apply(operators.relu, [x], {}), constant], attributes),
  );
  return g.build([g.apply(operators.add, [left, early ?? clip()], {})]);
}

describe("graphDigest", () => {
  const digest = graphDigest(graph({}));

  it("does not depend on names, layers, the order of independent nodes or defaults written out", () => {
    expect(graphDigest(graph({ names: ["image", "block1", "kernel"] }))).toBe(digest);
    expect(graphDigest(graph({ reluFirst: false }))).toBe(digest);
    expect(graphDigest(graph({ attributes: { transposeA: false, alpha: 1 } }))).toBe(digest);
  });

  it("depends on constants, attributes and structure", () => {
    expect(graphDigest(graph({ weight: 3 }))).not.toBe(digest);
    expect(graphDigest(graph({ bound: 2 }))).not.toBe(digest);
    expect(graphDigest(graph({ attributes: { transposeB: true } }))).not.toBe(digest);
    const whole = graph({});
    expect(graphDigest({ ...whole, outputs: whole.nodes[0]!.outputs })).not.toBe(digest);
  });
});

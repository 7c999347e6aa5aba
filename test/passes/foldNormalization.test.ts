import { describe, expect, it } from "vitest";
import { gradients } from "../../src/autodiff/gradients.ts";
import { Random } from "../../src/base/random.ts";
import { interpret } from "../../src/engine/reference/interpret.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Value } from "../../src/graph/graph.ts";
import { operators } from "../../src/ops/index.ts";
import { foldNormalization } from "../../src/passes/foldNormalization.ts";
import { bindBatch, type Shape } from "../../src/tensor/shape.ts";
import { sizeOf, type Tensor } from "../../src/tensor/tensor.ts";

const { add, batchNormInference, conv2d, hardSwish, mul, reduceSum } = operators;
const same = { pads: [1, 1, 1, 1] } as const;

/** Every weight of the networks below, by name. */
const shapes: Readonly<Record<string, Shape>> = {
  pictures: ["batch", 4, 5, 6],
  wide: [6, 4, 3, 3],
  wideBias: [6],
  depthwise: [6, 1, 3, 3],
  ...Object.fromEntries(
    ["first", "second"].flatMap((name) =>
      ["gamma", "beta", "mean", "variance"].map((part): [string, Shape] => [`${name}/${part}`, [6]]),
    ),
  ),
};

function feedOf(name: string): Tensor<"float64"> {
  const random = new Random("folding", name);
  const shape = bindBatch(shapes[name]!, 2);
  const [low, high] = name.endsWith("variance") ? [0.3, 2] : [-1, 1];
  return {
    dtype: "float64",
    shape,
    data: Float64Array.from({ length: sizeOf(shape) }, () => random.uniform(low, high)),
  };
}

/** Inputs as a model's graph has them. */
function inputsOf(g: GraphBuilder) {
  return (name: string): Value =>
    g.input(
      name,
      { dtype: "float32", shape: shapes[name]! },
      name === "pictures" ? { kind: "data" } : { kind: "parameter", parameter: name },
    );
}

/** Two convolutions with normalizations, the second one depthwise; the first's result may be used beside. */
function network(g: GraphBuilder, isUsedTwice = false): readonly Value[] {
  const input = inputsOf(g);
  const statistics = (name: string) =>
    ["gamma", "beta", "mean", "variance"].map((part) => input(`${name}/${part}`));
  const first = g.apply(conv2d, [input("pictures"), input("wide"), input("wideBias")], same);
  const normal = g.apply(batchNormInference, [first, ...statistics("first")], { epsilon: 1e-3 });
  const active = g.apply(hardSwish, [isUsedTwice ? g.apply(add, [first, normal], {}) : normal], {});
  const second = g.apply(conv2d, [active, input("depthwise")], { ...same, groups: 6, strides: [2, 1] });
  return [g.apply(batchNormInference, [second, ...statistics("second")], { epsilon: 1e-3 })];
}

/** In float64: the results, and the gradients of the sum of their squares by all inputs, which keep their order. */
function computed(g: GraphBuilder, results: readonly Value[]) {
  const squares = g.apply(mul, [results[0]!, results[0]!], {});
  const loss = g.apply(reduceSum, [squares], {});
  const targets = g.build([loss]).inputs;
  const graph = g.build([...results, ...gradients(g, loss, targets)]);
  const feeds = new Map(graph.inputs.map(({ name }) => [name, feedOf(name)]));
  const numbers = interpret(graph, feeds).flatMap(({ data }) => Array.from(data, Number));
  return { graph, targets: targets.map(({ name }) => name), numbers };
}

function normalizations({
  nodes,
}: {
  readonly nodes: readonly { readonly op: { readonly name: string } }[];
}): number {
  return nodes.filter(({ op }) => op.name === "batchNormInference").length;
}

describe("normalizations behind trained convolutions", () => {
  it("are the same function in the convolutions, and so are their gradients", () => {
    const plain = new GraphBuilder();
    const expected = computed(plain, network(plain));
    const g = new GraphBuilder();
    const folded = computed(
      g,
      foldNormalization(g, network(g), () => true),
    );
    expect(normalizations(expected.graph)).toBe(2);
    expect(normalizations(folded.graph)).toBe(0);
    expect(folded.targets).toEqual(expected.targets);
    expect(folded.numbers).toHaveLength(expected.numbers.length);
    for (const [at, value] of expected.numbers.entries()) {
      expect(Math.abs(folded.numbers[at]! - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
    }
  });

  it("stay where the filters are frozen or what they normalize is used beside", () => {
    const left = (isUsedTwice: boolean, isTrained: (path: string) => boolean) => {
      const g = new GraphBuilder();
      return normalizations(g.build(foldNormalization(g, network(g, isUsedTwice), isTrained)));
    };
    expect(left(false, () => false)).toBe(2);
    expect(left(false, (path) => path !== "wide")).toBe(1);
    expect(left(true, () => true)).toBe(1);
  });

  it("leave everything before them as it is", () => {
    const g = new GraphBuilder();
    const before = g.build(network(g));
    const after = g.build(foldNormalization(g, before.outputs, (path) => path === "depthwise"));
    const kept = before.nodes.slice(0, 3);
    expect(after.nodes.slice(0, 3)).toEqual(kept);
    expect(kept.every((node) => after.nodes.includes(node))).toBe(true);
  });
});

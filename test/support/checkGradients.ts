import { gradients } from "../../src/autodiff/gradients.ts";
import { interpret } from "../../src/engine/reference/interpret.ts";
import { GraphBuilder } from "../../src/graph/builder.ts";
import type { Graph, Value } from "../../src/graph/graph.ts";
import { operators } from "../../src/ops/index.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

/** A float64 copy of a tensor with one element moved. */
function moved(tensor: Tensor, position: number, step: number): Tensor {
  const data = Float64Array.from(tensor.data as Float32Array);
  data[position]! += step;
  return { dtype: "float64", shape: tensor.shape, data };
}

/** Central differences of a scalar graph by some elements of one of its inputs, in float64. */
function centralDifferences(
  graph: Graph,
  feeds: ReadonlyMap<string, Tensor>,
  input: string,
  positions: readonly number[],
): readonly number[] {
  const step = 1e-5;
  const tensor = feeds.get(input)!;
  const lossAt = (position: number, distance: number) =>
    interpret(graph, new Map(feeds).set(input, moved(tensor, position, distance)))[0]!.data[0]!;
  return positions.map((position) => (lossAt(position, step) - lossAt(position, -step)) / (2 * step));
}

/** All positions of a small tensor, `most` of a large one, in steps that do not keep to a row or column. */
function samplePositions(size: number, most = 20): readonly number[] {
  if (size <= most) return Array.from({ length: size }, (_, index) => index);
  return Array.from({ length: most }, (_, index) => Math.floor(((index + 0.37) * size) / most));
}

/** A gradient rule's result beside what central differences say. */
export interface GradientCheck {
  readonly input: string;
  readonly rule: readonly number[];
  readonly differences: readonly number[];
}

/**
 * Checks the gradients of a graph's part: `build` adds nodes over the inputs and hands back any value. The loss is the
 * sum of its elements, each times a weight of its own, so that no error can cancel out.
 *
 * @param inputs - The tensor and type of each input; gradients are taken by all of them.
 */
export function checkGradients(
  inputs: readonly { readonly shape: Value["type"]["shape"]; readonly tensor: Tensor }[],
  build: (g: GraphBuilder, inputs: readonly Value[]) => Value,
): readonly GradientCheck[] {
  const g = new GraphBuilder();
  const values = inputs.map(({ shape }, index) =>
    g.input(`x${index}`, { dtype: "float32", shape }, { kind: "data" }),
  );
  const result = build(g, values);
  const y = result.type.dtype === "float32" ? result : g.apply(operators.cast, [result], { to: "float32" });
  const weights = g.input("weights", y.type, { kind: "data" });
  const loss = g.apply(operators.reduceSum, [g.apply(operators.mul, [y, weights], {})], {});

  const feeds = new Map<string, Tensor>(inputs.map(({ tensor }, index) => [`x${index}`, tensor]));
  const [{ shape }] = interpret(g.build([y]), feeds) as [Tensor];
  const size = shape.reduce((product, n) => product * n, 1);
  const data = Float64Array.from({ length: size }, (_, index) => Math.cos(3 * index + 1));
  feeds.set("weights", { dtype: "float64", shape, data });

  const lossGraph = g.build([loss]);
  const byRule = interpret(g.build([...gradients(g, loss, values), loss]), feeds);
  return values.map(({ name }, index) => {
    const gradient = byRule[index]!.data;
    const positions = samplePositions(gradient.length);
    return {
      input: name,
      rule: positions.map((position) => gradient[position]!),
      differences: centralDifferences(lossGraph, feeds, name, positions),
    };
  });
}

import { continued, subgraph } from "../graph/bind.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, Node, Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { elementsPerSample, type Shape } from "../tensor/shape.ts";

/** Path and name of what joins and splits a row. No layer's path begins so. */
const scope = "/cut";

/** Name of the row of a model's inputs. */
const inputScope = "/inputs";

/**
 * The part of a graph up to some values, with one output: the value itself, or several laid one behind the other as
 * [batch, numbers], so that whoever stores features sees one row for each sample in any case.
 */
export function rowBefore(graph: Graph, cut: readonly Value[]): Graph {
  const before = subgraph(graph, [], cut);
  if (cut.length === 1) return before;
  const g = new GraphBuilder();
  const row = g.scope(scope, () => {
    const flat = before.outputs.map((value) =>
      g.apply(operators.reshape, [value], { shape: ["batch", elementsPerSample(value.type.shape)] }),
    );
    return g.apply(operators.concat, flat, { axis: 1 });
  });
  return { inputs: before.inputs, nodes: [...before.nodes, ...g.build([row]).nodes], outputs: [row] };
}

/**
 * The part of a graph behind those values, fed with the row: one data input, named as the value, or `/cut` for several.
 *
 * @param graph - The graph that was cut, or one that uses its values (a loss and its gradients behind it).
 */
export function graphBehindRow(graph: Graph, cut: readonly Value[]): Graph {
  return cut.length === 1 ? subgraph(graph, cut, graph.outputs) : continued(splitRow(cut), graph, cut);
}

/**
 * Several inputs of a model as parts of one row: one data input, so that whoever feeds or stores samples sees one row for
 * each in any case.
 *
 * @param inputs - In the engine's layout.
 */
export function inputsOfRow(
  g: GraphBuilder,
  inputs: readonly { readonly name: string; readonly shape: Shape }[],
): readonly Value[] {
  const total = inputs.reduce((sum, { shape }) => sum + elementsPerSample(shape), 0);
  const row = g.input(inputScope, { dtype: "float32", shape: ["batch", total] }, { kind: "data" });
  let end = 0;
  return inputs.map(({ name, shape }) => {
    const start = end;
    end += elementsPerSample(shape);
    return g.scope(name, () => {
      const part = g.apply(operators.slice, [row], { axis: 1, start, end });
      return g.apply(operators.reshape, [part], { shape });
    });
  });
}

/** From a row back to the values it was made of, under their own names. */
function splitRow(cut: readonly Value[]): Graph {
  const g = new GraphBuilder();
  const sizes = cut.map(({ type }) => elementsPerSample(type.shape));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const row = g.input(scope, { dtype: "float32", shape: ["batch", total] }, { kind: "data" });
  let end = 0;
  const parts = sizes.map((size) => {
    end += size;
    return g.scope(scope, () => g.apply(operators.slice, [row], { axis: 1, start: end - size, end }));
  });
  const shaped = cut.map((value, index) => reshaped(parts[index]!, value));
  return {
    inputs: [row],
    nodes: [
      ...g.build(parts).nodes,
      ...shaped.flatMap(({ source }) => (source.kind === "node" ? source.node : [])),
    ],
    outputs: shaped,
  };
}

/** The elements of `flat` with the name and shape of `like`. */
function reshaped(flat: Value, { name, type }: Value): Value {
  const outputs: Value[] = [];
  // A rule is looked up by the operator's name, so a node's own attribute type may be forgotten here.
  const node = {
    op: operators.reshape,
    inputs: [flat],
    outputs,
    attributes: { shape: type.shape },
    scope,
  } as Node;
  outputs.push({ name, type, source: { kind: "node", node, index: 0 } });
  return outputs[0]!;
}

import { PermafrostError } from "../base/errors.ts";
import { sameShape, showType } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Graph, Node, Source, Value } from "./graph.ts";
import { nodesBehind, showNode } from "./values.ts";

/**
 * The same graph with parameter inputs replaced by constants, as a program that never changes them wants it.
 *
 * @param tensors - By the parameter's name (`role.parameter`). Parameters that are not named stay inputs.
 * @throws PermafrostError SHAPE_MISMATCH if a tensor is not of its parameter's type.
 */
export function bindParameters(graph: Graph, tensors: ReadonlyMap<string, Tensor>): Graph {
  const replaced = new Map<Value, Value>();
  for (const input of graph.inputs) {
    const tensor = parameterTensor(input, tensors);
    if (tensor !== undefined) replaced.set(input, { ...input, source: { kind: "constant", tensor } });
  }
  return copyNodes(
    graph.nodes,
    graph.outputs,
    replaced,
    graph.inputs.filter((input) => !replaced.has(input)),
  );
}

function parameterTensor(
  { name, type, source }: Value,
  tensors: ReadonlyMap<string, Tensor>,
): Tensor | undefined {
  if (source.kind !== "input" || source.role.kind !== "parameter") return undefined;
  const tensor = tensors.get(source.role.parameter);
  if (tensor === undefined) return undefined;
  if (tensor.dtype === type.dtype && sameShape(tensor.shape, type.shape)) return tensor;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `parameter ${source.role.parameter} (${name}): expected ${showType(type)}, got ${showType(tensor)}.`,
  );
}

/**
 * A part of a graph: the values in `from` become data inputs under their own names, and what lies before them is left out.
 * Other inputs that the part needs stay as they are.
 *
 * @param from - Values of the graph. Parameters, targets and random numbers among them keep their roles.
 * @param to - The outputs of the part.
 * @throws PermafrostError GRAPH_INVALID if `to` holds a value that the graph does not compute.
 */
export function subgraph(graph: Graph, from: readonly Value[], to: readonly Value[]): Graph {
  const replaced = new Map<Value, Value>();
  for (const value of from) {
    const source: Source =
      value.source.kind === "input" ? value.source : { kind: "input", role: { kind: "data" } };
    replaced.set(value, { ...value, source });
  }
  const nodes = nodesBehind(to, new Set(from));
  const used = new Set([...nodes.flatMap((node) => node.inputs), ...to]);
  const rest = graph.inputs.filter((input) => used.has(input) && !replaced.has(input));
  return copyNodes(nodes, to, replaced, [...from.map((value) => replaced.get(value)!), ...rest]);
}

/**
 * What lies behind some values of a graph, computed from another graph's outputs in their place.
 *
 * @param start - Its outputs stand for the values in `from`, one for one and of the same types.
 * @throws PermafrostError GRAPH_INVALID if the graph needs a value that lies before them.
 */
export function continued(start: Graph, graph: Graph, from: readonly Value[]): Graph {
  const replaced = new Map(from.map((value, index) => [value, start.outputs[index]!]));
  const nodes = nodesBehind(graph.outputs, new Set(from));
  const used = new Set([...nodes.flatMap((node) => node.inputs), ...graph.outputs]);
  const rest = graph.inputs.filter((input) => used.has(input) && !replaced.has(input));
  const behind = copyNodes(nodes, graph.outputs, replaced, [...start.inputs, ...rest]);
  return { ...behind, nodes: [...start.nodes, ...behind.nodes] };
}

/** Copies nodes so that they use the replacements. Values that are no replacement and no result are taken over. */
function copyNodes(
  nodes: readonly Node[],
  outputs: readonly Value[],
  replaced: ReadonlyMap<Value, Value>,
  inputs: readonly Value[],
): Graph {
  const copies = new Map(replaced);
  const free = new Set(inputs);
  const copyOf = (value: Value, where: string): Value => {
    const copy = copies.get(value);
    if (copy !== undefined) return copy;
    if (value.source.kind === "constant" || free.has(value)) return value;
    throw new PermafrostError("GRAPH_INVALID", `${where}: ${value.name} is not part of the graph.`);
  };
  const copied = nodes.map((node): Node => {
    const copy: Node & { outputs: Value[] } = {
      ...node,
      inputs: node.inputs.map((input) => copyOf(input, showNode(node))),
      outputs: [],
    };
    for (const [index, output] of node.outputs.entries()) {
      // A replaced result is an input of its own now; the node's other results are still wanted.
      const result: Value = { ...output, source: { kind: "node", node: copy, index } };
      copy.outputs.push(result);
      if (!replaced.has(output)) copies.set(output, result);
    }
    return copy;
  });
  return { inputs, nodes: copied, outputs: outputs.map((output) => copyOf(output, "output")) };
}

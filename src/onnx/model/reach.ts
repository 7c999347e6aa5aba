import type { GraphProto, NodeProto } from "../gen/onnx_pb.ts";
import { usesOf } from "./subgraphs.ts";

/** The nodes that some values need, in the graph's order. */
export function nodesFor(graph: GraphProto, outputs: readonly string[]): readonly NodeProto[] {
  const needed = new Set(outputs);
  const found: NodeProto[] = [];
  for (const node of graph.node.toReversed()) {
    if (!node.output.some((name) => name !== "" && needed.has(name))) continue;
    found.push(node);
    for (const name of usesOf(node)) needed.add(name);
  }
  return found.reverse();
}

/** The inputs of a graph that are fed: those that no initialiser gives. */
export function fedInputs(graph: GraphProto): GraphProto["input"] {
  const given = new Set(graph.initializer.map(({ name }) => name));
  return graph.input.filter(({ name }) => !given.has(name));
}

/** Operators whose results tell of their input's shape alone. */
const shapeOperators: ReadonlySet<string> = new Set(["Shape", "Size"]);

export function readsShapeOnly({ opType }: NodeProto): boolean {
  return shapeOperators.has(opType);
}

/** The values whose elements depend on an input's elements. */
export function dependentsOf(nodes: readonly NodeProto[], input: string): ReadonlySet<string> {
  const dependent = new Set([input]);
  for (const node of nodes) {
    if (readsShapeOnly(node) || !usesOf(node).some((name) => dependent.has(name))) continue;
    for (const name of node.output) if (name !== "") dependent.add(name);
  }
  return dependent;
}

/**
 * The values through which everything goes from an input to an output, in order, the output last: a network can be cut at each of
 * them. A value inside a residual block is none, as the way around it leads past.
 */
export function singleValues(graph: GraphProto, input: string, output: string): readonly string[] {
  const nodes = nodesFor(graph, [output]);
  const dependent = dependentsOf(nodes, input);
  const uses = new Map<string, number>([[output, 1]]);
  const usesIn = (node: NodeProto) =>
    readsShapeOnly(node) ? [] : usesOf(node).filter((name) => dependent.has(name));
  for (const name of nodes.flatMap(usesIn)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const live = new Set([input]);
  const found: string[] = [];
  for (const node of nodes) {
    const taken = usesIn(node);
    if (taken.length === 0) continue;
    for (const name of node.output) if (dependent.has(name) && uses.has(name)) live.add(name);
    for (const name of taken) {
      const left = uses.get(name)! - 1;
      uses.set(name, left);
      if (left === 0) live.delete(name);
    }
    if (live.size === 1) found.push([...live][0]!);
  }
  return [...new Set(found)];
}

import type { GraphProto, NodeProto } from "../gen/onnx_pb.ts";

/** The graphs inside a node (bodies of If, Loop and Scan). */
export function graphsOf(node: NodeProto): readonly GraphProto[] {
  const holders = node.attribute.filter(({ g, graphs }) => g !== undefined || graphs.length > 0);
  return holders.flatMap(({ g, graphs }) => (g === undefined ? graphs : [g, ...graphs]));
}

/** A graph and all graphs inside its nodes. */
export function* graphsWithin(graph: GraphProto): Generator<GraphProto> {
  yield graph;
  for (const node of graph.node) for (const inner of graphsOf(node)) yield* graphsWithin(inner);
}

/** The values that a node takes up: its inputs, and what graphs inside it use of the graphs around them. */
export function usesOf(node: NodeProto): readonly string[] {
  const inner = graphsOf(node);
  const own = node.input.filter((name) => name !== "");
  return inner.length === 0 ? own : [...own, ...inner.flatMap(freeNames)];
}

function freeNames(graph: GraphProto): readonly string[] {
  const defined = new Set([...graph.input, ...graph.initializer].map(({ name }) => name));
  for (const sparse of graph.sparseInitializer) if (sparse.values) defined.add(sparse.values.name);
  for (const node of graph.node) for (const name of node.output) defined.add(name);
  const used = [...graph.node.flatMap(usesOf), ...graph.output.map(({ name }) => name)];
  return used.filter((name) => !defined.has(name));
}

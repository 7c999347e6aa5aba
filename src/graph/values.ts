import type { Graph, Node, Value } from "./graph.ts";

/** The constants that a graph uses, each once, in the order of their use. */
export function constantsOf(graph: Graph): readonly Value[] {
  const used = [...graph.nodes.flatMap((node) => node.inputs), ...graph.outputs];
  return [...new Set(used.filter((value) => value.source.kind === "constant"))];
}

/** What a message calls a node: its layer's path, operator and first result. */
export function showNode(node: Node): string {
  const name = node.outputs[0]?.name ?? node.op.name;
  return node.scope === "" ? `${node.op.name} (${name})` : `${node.scope}: ${node.op.name} (${name})`;
}

/**
 * The nodes that values are computed from, each behind those it uses, in an order that follows from the structure alone.
 *
 * @param stop - Values to take as given: what only they need is left out.
 */
export function nodesBehind(values: readonly Value[], stop: ReadonlySet<Value> = new Set()): readonly Node[] {
  const ordered = new Set<Node>();
  const pending = values.toReversed().map((value) => ({ value, inputsDone: false }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, inputsDone } = next;
    if (value.source.kind !== "node" || stop.has(value) || ordered.has(value.source.node)) continue;
    const { node } = value.source;
    if (inputsDone) ordered.add(node);
    else {
      pending.push({ value, inputsDone: true });
      for (const input of node.inputs.toReversed()) pending.push({ value: input, inputsDone: false });
    }
  }
  return [...ordered];
}

/**
 * The names that a node's results get in ONNX: "" for one beside the first that nothing uses, so that it is not computed.
 *
 * @param used - See `usedValues`.
 */
export function resultNames(
  node: Node,
  used: ReadonlySet<Value>,
  nameOf: (value: Value) => string,
): readonly string[] {
  return node.outputs.map((output, index) => (index === 0 || used.has(output) ? nameOf(output) : ""));
}

/** What the nodes and outputs of a graph ask for. */
export function usedValues({ nodes, outputs }: Graph): ReadonlySet<Value> {
  return new Set([...nodes.flatMap((node) => node.inputs), ...outputs]);
}

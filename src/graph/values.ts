import type { Graph, Node, Value } from "./graph.ts";
import type { LoweredNode, TypedNode, Workspace } from "./operator.ts";

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
 * A node as its operator writes it in ONNX. A result beside the first that nothing uses is named "", so that it is not computed.
 *
 * @param takers - See `takersOf`.
 */
export function loweredNode(
  node: Node,
  takers: ReadonlyMap<Value, readonly Node[]>,
  nameOf: (value: Value) => string,
): LoweredNode<unknown> {
  return {
    inputs: node.inputs.map(nameOf),
    outputs: node.outputs.map((output, index) => (index === 0 || takers.has(output) ? nameOf(output) : "")),
    inputOperators: node.inputs.map(({ source }) => (source.kind === "node" ? source.node.op.name : "")),
    outputOperators: node.outputs.map((output) => (takers.get(output) ?? []).map(({ op }) => op.name)),
    ...typedNode(node),
  };
}

/** What a node's ONNX form needs in between. */
export function workspaceOf(node: Node): Workspace {
  return node.op.workspace?.(typedNode(node)) ?? { passing: 0 };
}

function typedNode({ inputs, outputs, attributes }: Node): TypedNode<unknown> {
  return {
    inputTypes: inputs.map((input) => input.type),
    constantInputs: inputs.map((input) => input.source.kind === "constant"),
    outputTypes: outputs.map((output) => output.type),
    attributes,
  };
}

/** The nodes that take up each value which a graph's nodes or outputs ask for. */
export function takersOf({ nodes, outputs }: Graph): ReadonlyMap<Value, readonly Node[]> {
  const takers = new Map<Value, Node[]>(outputs.map((output) => [output, []]));
  for (const node of nodes) {
    for (const input of node.inputs) {
      const others = takers.get(input);
      if (others === undefined) takers.set(input, [node]);
      else others.push(node);
    }
  }
  return takers;
}

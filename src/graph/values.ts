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
 * @param used - See `usedValues`.
 */
export function loweredNode(
  node: Node,
  used: ReadonlySet<Value>,
  nameOf: (value: Value) => string,
): LoweredNode<unknown> {
  return {
    inputs: node.inputs.map(nameOf),
    outputs: node.outputs.map((output, index) => (index === 0 || used.has(output) ? nameOf(output) : "")),
    inputOperators: node.inputs.map((input) => makersOf(input, 2)),
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

/** Names of the operators that made a value, the last one first, along their first inputs. */
function makersOf({ source }: Value, count: number): readonly string[] {
  if (source.kind !== "node" || count === 0) return [];
  const [first] = source.node.inputs;
  return [source.node.op.name, ...(first === undefined ? [] : makersOf(first, count - 1))];
}

/** What the nodes and outputs of a graph ask for. */
export function usedValues({ nodes, outputs }: Graph): ReadonlySet<Value> {
  return new Set([...nodes.flatMap((node) => node.inputs), ...outputs]);
}

import type { Graph, Node, Value } from "../graph/graph.ts";
import { nodesBehind } from "../graph/values.ts";

/**
 * Looks at one node, whose inputs are rewritten already, and hands back the values that stand for its results from now on;
 * undefined keeps the node. The values are computed before the node: its inputs, what is behind them, or constants.
 */
export type Rewrite = (node: Node) => readonly Value[] | undefined;

/**
 * The same graph with nodes replaced by what the first of the rewrites finds for them, in one walk from inputs to outputs.
 * Outputs keep their names and memory of their own, so a node that computes one is always kept. What nothing needs any more
 * is left out; the others keep their order.
 */
export function rewriteGraph(graph: Graph, rewrites: readonly Rewrite[]): Graph {
  const asked = new Set(graph.outputs);
  const standIns = new Map<Value, Value>();
  const rewritten = (value: Value) => standIns.get(value) ?? value;
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    const copy = copyNode(node, node.inputs.map(rewritten));
    const found = firstFound(copy, rewrites);
    const isKept = found === undefined || node.outputs.some((output) => asked.has(output));
    if (isKept) nodes.push(copy);
    for (const [index, output] of node.outputs.entries()) {
      standIns.set(output, (isKept ? copy.outputs : found)[index]!);
    }
  }
  const outputs = graph.outputs.map(rewritten);
  const needed = new Set(nodesBehind(outputs));
  const used = new Set([...[...needed].flatMap((node) => node.inputs), ...outputs]);
  return {
    inputs: graph.inputs.filter((input) => used.has(input)),
    nodes: nodes.filter((node) => needed.has(node)),
    outputs,
  };
}

/** The same application of other inputs, which have the same types. */
export function copyNode(
  node: Node,
  inputs: readonly Value[],
  rename: (name: string) => string = (name) => name,
): Node {
  const copy: Node & { outputs: Value[] } = { ...node, inputs, outputs: [] };
  for (const [index, output] of node.outputs.entries()) {
    copy.outputs.push({ ...output, name: rename(output.name), source: { kind: "node", node: copy, index } });
  }
  return copy;
}

/** Every rewrite sees the node: one that remembers nodes must know those that are kept. */
function firstFound(node: Node, rewrites: readonly Rewrite[]): readonly Value[] | undefined {
  return rewrites.map((rewrite) => rewrite(node)).find((found) => found !== undefined);
}

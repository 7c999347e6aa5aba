import type { NodeProto } from "./gen/onnx_pb.ts";

/**
 * Nodes in an order that lets values be freed early: those that serve one result only stand at the end, result by result, the
 * result that came first last.
 *
 * ONNX Runtime takes the nodes that no other node uses from the last to the first and computes each with all that it needs. As a
 * training step is derived, the last is the gradient of the first layer: everything that the gradients of the layers
 * above it need would wait in memory. What serves a result moves with it, as ONNX Runtime may drop the last node.
 */
export function inRunningOrder(nodes: readonly NodeProto[]): NodeProto[] {
  const served = servedResults(nodes);
  const groups = new Map<NodeProto, NodeProto[]>();
  const shared: NodeProto[] = [];
  for (const node of nodes) {
    const result = served.get(node);
    if (result === undefined) shared.push(node);
    else append(groups, result, node);
  }
  const results = nodes.filter((node) => groups.has(node));
  return [...shared, ...results.toReversed().flatMap((result) => groups.get(result)!)];
}

/** For each node that serves one result only, the node which computes that. */
function servedResults(nodes: readonly NodeProto[]): ReadonlyMap<NodeProto, NodeProto> {
  const users = new Map<string, NodeProto[]>();
  for (const node of nodes) for (const name of node.input) append(users, name, node);
  const served = new Map<NodeProto, NodeProto>();
  for (const node of nodes.toReversed()) {
    const direct = node.output.flatMap((name) => users.get(name) ?? []);
    const results = new Set(direct.map((user) => served.get(user)));
    const [only] = direct.length === 0 ? [node] : results;
    if (results.size <= 1 && only !== undefined) served.set(node, only);
  }
  return served;
}

function append<Key>(lists: Map<Key, NodeProto[]>, key: Key, node: NodeProto): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [node]);
  else list.push(node);
}

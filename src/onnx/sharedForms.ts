import { toBinary } from "@bufbuild/protobuf";
import { type NodeProto, NodeProtoSchema } from "./gen/onnx_pb.ts";

/**
 * The nodes without those of one domain that compute what an earlier one has computed. ONNX Runtime shares equal nodes of ONNX's
 * own domain only: a value laid out for the engine's kernels in a convolution and again in its gradients would be laid out
 * each time.
 *
 * @param nodes - Each behind those that it needs; nodes of the domain give temporary values only.
 */
export function shareForms(nodes: readonly NodeProto[], domain: string): readonly NodeProto[] {
  const known = new Map<string, readonly string[]>();
  const standIns = new Map<string, string>();
  return nodes.filter((node) => {
    node.input = node.input.map((name) => standIns.get(name) ?? name);
    if (node.domain !== domain) return true;
    const key = computationKey(node);
    const earlier = known.get(key);
    if (earlier === undefined) known.set(key, node.output);
    else for (const [index, name] of node.output.entries()) standIns.set(name, earlier[index]!);
    return earlier === undefined;
  });
}

/** Equal for nodes that differ in the names of their results only. */
function computationKey(node: NodeProto): string {
  return Buffer.from(toBinary(NodeProtoSchema, { ...node, name: "", output: [] })).toString("latin1");
}

import type { GraphProto, NodeProto } from "../gen/onnx_pb.ts";

/** Operators whose maps always have the channels first. */
const channelsFirst: ReadonlySet<string> = new Set([
  "AveragePool",
  "BatchNormalization",
  "Conv",
  "ConvTranspose",
  "GlobalAveragePool",
  "GlobalMaxPool",
  "InstanceNormalization",
  "MaxPool",
  "QLinearConv",
]);

/**
 * Whether a map of four axes has its channels last. Known from the operators before it: convolutions and poolings have them
 * first, a transposition by [0, 2, 3, 1] puts them last, and pictures are as the model takes them.
 */
export function hasChannelsLast(
  graph: GraphProto,
  value: string,
  input: { name: string; channelsLast: boolean },
): boolean {
  const producers = new Map<string, NodeProto>();
  for (const node of graph.node) for (const name of node.output) producers.set(name, node);
  const seen = new Set<string>();
  for (let at: string | undefined = value; at !== undefined && !seen.has(at); ) {
    seen.add(at);
    if (at === input.name) return input.channelsLast;
    const node = producers.get(at);
    if (node === undefined || channelsFirst.has(node.opType)) return false;
    if (node.opType === "Transpose") {
      const order = node.attribute.find(({ name }) => name === "perm")?.ints.join();
      if (order === "0,2,3,1") return true;
      if (order === "0,3,1,2") return false;
    }
    at = node.input.find((name) => producers.has(name) || name === input.name);
  }
  return false;
}

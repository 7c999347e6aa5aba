import type { Graph, Node, Value } from "../../graph/graph.ts";
import { workspaceOf } from "../../graph/values.ts";
import { elementsPerSample } from "../../tensor/shape.ts";
import { bytesPerElement } from "../../tensor/tensor.ts";

/** Something in memory from one node to another, both by their place in the graph. */
interface Lifetime {
  readonly first: number;
  last: number;
  readonly bytes: number;
}

/**
 * The most bytes that are alive at once when a graph's nodes run in their order: results and forms of them, each until its last
 * use, and what a node's operator lays out while it runs.
 */
export function peakBytes(graph: Graph, batchSize: number): number {
  const passing = graph.nodes.map((node) => workspaceOf(node).passing * bytesOfElement(node) * batchSize);
  const changes = new Float64Array(graph.nodes.length + 1);
  for (const { first, last, bytes } of [...resultsOf(graph, batchSize), ...formsOf(graph, batchSize)]) {
    changes[first]! += bytes;
    changes[last + 1]! -= bytes;
  }
  let alive = 0;
  return passing.reduce((peak, bytes, at) => {
    alive += changes[at]!;
    return Math.max(peak, alive + bytes);
  }, 0);
}

export function bytesOf({ type: { shape, dtype } }: Value, batchSize: number): number {
  return bytesPerElement[dtype] * elementsPerSample(shape) * (shape.includes("batch") ? batchSize : 1);
}

/** The results that something uses; outputs of the graph live to the end. */
function resultsOf({ nodes, outputs }: Graph, batchSize: number): readonly Lifetime[] {
  const lastUse = new Map<Value, number>();
  for (const [at, { inputs }] of nodes.entries()) for (const input of inputs) lastUse.set(input, at);
  for (const output of outputs) lastUse.set(output, nodes.length - 1);
  return nodes.flatMap((node, first) =>
    node.outputs.flatMap((output) => {
      const last = lastUse.get(output);
      return last === undefined ? [] : [{ first, last, bytes: bytesOf(output, batchSize) }];
    }),
  );
}

/** Forms of values, each from the first node that asks for it to the last. */
function formsOf({ nodes }: Graph, batchSize: number): readonly Lifetime[] {
  const byValue = new Map<Value | undefined, Map<string, Lifetime>>();
  for (const [at, node] of nodes.entries()) {
    const { form } = workspaceOf(node);
    if (form === undefined) continue;
    const named = byValue.get(node.inputs[0]) ?? new Map<string, Lifetime>();
    byValue.set(node.inputs[0], named);
    const bytes = form.elements * bytesOfElement(node) * batchSize;
    const life = named.get(form.name) ?? { first: at, last: at, bytes };
    life.last = at;
    named.set(form.name, life);
  }
  return [...byValue.values()].flatMap((named) => [...named.values()]);
}

function bytesOfElement({ inputs }: Node): number {
  return bytesPerElement[inputs[0]?.type.dtype ?? "float32"];
}

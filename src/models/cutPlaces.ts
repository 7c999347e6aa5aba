import type { Graph, Node, Value } from "../graph/graph.ts";
import { nodesBehind } from "../graph/values.ts";
import { elementsPerSample } from "../tensor/shape.ts";
import { bytesPerElement } from "../tensor/tensor.ts";
import type { CutCost } from "./cutPrice.ts";

/** A place where a graph can be cut. */
export interface CutPlace extends CutCost {
  /** All that is still needed once the nodes up to here are computed. */
  readonly values: readonly Value[];
  /** Index of the last frozen node before the cut; -1: right behind the data. */
  readonly position: number;
}

/** Where the frozen part of a graph can be cut, from the data to the frontier. */
export interface CutPlaces {
  readonly places: readonly CutPlace[];
  /** Position of the last node whose computation is worth saving; -1: there is none. */
  readonly heavyEnd: number;
  /** Of all frozen nodes. */
  readonly multiplyAdds: number;
}

/**
 * Walks over the frozen nodes in an order in which they can be computed; behind each, the values that are still needed
 * are a cut.
 *
 * @param frontier - Frozen values that are needed in the end.
 * @param samples - Frozen values that differ from sample to sample.
 */
export function cutPlaces(graph: Graph, frontier: readonly Value[], samples: ReadonlySet<Value>): CutPlaces {
  const nodes = nodesBehind(frontier).filter((node) => node.outputs.some((one) => samples.has(one)));
  const uses = countUses(nodes, frontier, samples);
  const live = new Set(graph.inputs.filter((input) => uses.has(input)));
  const total = nodes.reduce((sum, node) => sum + multiplyAddsOf(node), 0);
  let multiplyAdds = total;
  const places: CutPlace[] = [];
  const note = (position: number) => {
    const values = [...live];
    const bytes = values.reduce((sum, value) => sum + bytesOf(value), 0);
    if (canBeStored(values)) places.push({ values, position, bytes, multiplyAdds });
  };
  const belongs = belongsToHeavy(nodes);
  note(-1);
  for (const [position, node] of nodes.entries()) {
    for (const output of node.outputs) if (uses.has(output)) live.add(output);
    for (const input of node.inputs) {
      const left = (uses.get(input) ?? 0) - 1;
      uses.set(input, left);
      if (left === 0) live.delete(input);
    }
    multiplyAdds -= multiplyAddsOf(node);
    // Nothing is cut off from the operator that it belongs to.
    const next = nodes[position + 1];
    if (next === undefined || !belongs.has(next)) note(position);
  }
  const heavyEnd = nodes.findLastIndex((node) => belongs.has(node) || node.op.multiplyAdds !== undefined);
  return { places, heavyEnd, multiplyAdds: total };
}

/** How often each value is asked for; the frontier is asked for to the end. */
function countUses(
  nodes: readonly Node[],
  frontier: readonly Value[],
  samples: ReadonlySet<Value>,
): Map<Value, number> {
  const uses = new Map<Value, number>(frontier.map((value) => [value, 1]));
  for (const input of nodes.flatMap((node) => node.inputs)) {
    if (samples.has(input)) uses.set(input, (uses.get(input) ?? 0) + 1);
  }
  return uses;
}

/** Several values in one row must be of one type. */
function canBeStored(values: readonly Value[]): boolean {
  return values.length === 1 || values.every(({ type }) => type.dtype === "float32");
}

/** The pointwise nodes that follow a heavy one without anything else between them. */
function belongsToHeavy(nodes: readonly Node[]): ReadonlySet<Node> {
  const unfinished = new Set<Value>();
  const belonging = new Set<Node>();
  for (const node of nodes) {
    const belongs = node.op.pointwise === true && node.inputs.some((input) => unfinished.has(input));
    if (belongs) belonging.add(node);
    const isHeavy = node.op.multiplyAdds !== undefined && node.op.standsAlone !== true;
    if (belongs || isHeavy) for (const one of node.outputs) unfinished.add(one);
  }
  return belonging;
}

function multiplyAddsOf({ op, inputs, attributes }: Node): number {
  const types = inputs.map((input) => input.type);
  return op.multiplyAdds?.(types, attributes) ?? 0;
}

/** Bytes of one sample. */
function bytesOf({ type }: Value): number {
  return elementsPerSample(type.shape) * bytesPerElement[type.dtype];
}

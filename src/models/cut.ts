import { subgraph } from "../graph/bind.ts";
import type { Graph, Node, Value } from "../graph/graph.ts";
import { nodesBehind } from "../graph/values.ts";
import { elementsPerSample, showShape } from "../tensor/shape.ts";
import { bytesPerElement } from "../tensor/tensor.ts";
import { type FrozenValues, frozenValues } from "./frozenValues.ts";

/** A graph split where its frozen part ends. */
export interface FrozenSplit {
  /** From the data to the cut: computed once for each view. Left out: there is nothing worth keeping. */
  readonly prefix: Graph | undefined;
  /** From the cut to the outputs; the value of the cut is a data input under its own name. */
  readonly suffix: Graph;
  /** The value of the whole graph that is kept: one, or none without a prefix. */
  readonly cut: readonly Value[];
  /** In a sentence: where the cut is and why. */
  readonly reason: string;
}

/**
 * Splits a graph into what never changes (the frozen prefix) and what training changes.
 *
 * Among the places that save the same heavy computation (convolutions and matrix products with what directly belongs to
 * them: bias, BatchNormalization, activation) the one with the fewest bytes is taken, and among equals the earliest.
 * Where several frozen values meet trained ones, the last single value before them all is taken.
 *
 * @param isTrainable - Whether training changes the parameter of this name.
 */
export function splitFrozen(graph: Graph, isTrainable: (parameter: string) => boolean): FrozenSplit {
  const frozen = frozenValues(graph, isTrainable);
  const frontier = frontierOf(graph, frozen);
  const relevant = nodesBehind(frontier).filter((node) =>
    node.outputs.some((one) => frozen.samples.has(one)),
  );
  const places = singleValues(graph, relevant, frontier, frozen);
  const cut = cheapest(places, relevant);
  if (cut === undefined || cut.source.kind !== "node") {
    return { prefix: undefined, suffix: graph, cut: [], reason: reasonAgainst(graph, frontier, isTrainable) };
  }
  return {
    prefix: subgraph(graph, [], [cut]),
    suffix: subgraph(graph, [cut], graph.outputs),
    cut: [cut],
    reason: `cut at ${cut.name}: ${elementsPerSample(cut.type.shape)} numbers a sample ${showShape(cut.type.shape)}${frontier.length > 1 ? "; behind it the frozen part branches" : ""}.`,
  };
}

/** Frozen values that trained computations, or the outputs, take up. */
function frontierOf(graph: Graph, { samples, fixed }: FrozenValues): readonly Value[] {
  const isFrozen = (value: Value) => samples.has(value) || fixed.has(value);
  const taken = graph.nodes.filter((node) => !node.outputs.some(isFrozen)).flatMap((node) => node.inputs);
  return [...new Set([...taken, ...graph.outputs])].filter((value) => samples.has(value));
}

/**
 * The values through which everything on the way from the data to the frontier must pass, in order: after such a
 * value is computed, it is the only one still needed.
 */
function singleValues(
  graph: Graph,
  relevant: readonly Node[],
  frontier: readonly Value[],
  { samples }: FrozenValues,
): readonly Value[] {
  // How often each value is still asked for; the frontier is asked for to the end.
  const uses = new Map<Value, number>(frontier.map((value) => [value, 1]));
  for (const node of relevant)
    for (const input of node.inputs) {
      if (samples.has(input)) uses.set(input, (uses.get(input) ?? 0) + 1);
    }
  const live = new Set(graph.inputs.filter((input) => uses.has(input)));
  const places: Value[] = [];
  const note = () => {
    const [only] = live;
    if (live.size === 1 && places.at(-1) !== only) places.push(only!);
  };
  note();
  for (const node of relevant) {
    for (const output of node.outputs) if (uses.has(output)) live.add(output);
    for (const input of node.inputs) {
      const left = (uses.get(input) ?? 0) - 1;
      uses.set(input, left);
      if (left === 0) live.delete(input);
    }
    note();
  }
  return places;
}

/** Operators that cost far more than reading what they are given. */
const heavyOperators: ReadonlySet<string> = new Set(["conv2d", "matMul"]);

/** Operators that belong to the heavy one before them: bias, normalization, activation. */
const finishingOperators: ReadonlySet<string> = new Set([
  ...["add", "batchNormInference", "relu", "clip", "sigmoid", "tanh", "softplus", "hardSigmoid", "hardSwish"],
  ...["softmax", "mul", "exp"],
]);

/** The place with the fewest bytes, the earliest among equals, of those behind all heavy operators. */
function cheapest(places: readonly Value[], relevant: readonly Node[]): Value | undefined {
  const position = new Map<Value, number>();
  for (const [index, node] of relevant.entries()) for (const one of node.outputs) position.set(one, index);
  const indexOf = (place: Value | undefined) => (place && position.get(place)) ?? -1;
  const end = endOfHeavyPart(relevant.slice(0, indexOf(places.at(-1)) + 1));
  const candidates = places.filter((place) => indexOf(place) >= end);
  return candidates.reduce<Value | undefined>(
    (best, place) => (best === undefined || bytesOf(place) < bytesOf(best) ? place : best),
    undefined,
  );
}

/** Index of the last node that is heavy or belongs to a heavy one; -1 without any. */
function endOfHeavyPart(nodes: readonly Node[]): number {
  const finishing = new Set<Value>();
  let end = -1;
  for (const [index, node] of nodes.entries()) {
    const finishes = finishingOperators.has(node.op.name) && node.inputs.some((one) => finishing.has(one));
    if (!finishes && !heavyOperators.has(node.op.name)) continue;
    end = index;
    for (const output of node.outputs) finishing.add(output);
  }
  return end;
}

/** Bytes of one sample. */
function bytesOf({ type }: Value): number {
  return elementsPerSample(type.shape) * bytesPerElement[type.dtype];
}

function reasonAgainst(
  graph: Graph,
  frontier: readonly Value[],
  isTrainable: (parameter: string) => boolean,
): string {
  const trained = graph.inputs.flatMap(({ source }) =>
    source.kind === "input" && source.role.kind === "parameter" && isTrainable(source.role.parameter)
      ? [source.role.parameter]
      : [],
  );
  if (frontier.length === 0) return "no prefix: nothing that depends on the data is frozen.";
  const [first] = trained;
  return first === undefined
    ? "no prefix: there is no computation between the data and the outputs worth keeping."
    : `no prefix: nothing worth keeping is computed before the first trained weight (${first}).`;
}

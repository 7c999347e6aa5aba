import type { Graph, Value } from "../graph/graph.ts";
import { elementsPerSample, showShape } from "../tensor/shape.ts";
import { type CutPlaces, cutPlaces } from "./cutPlaces.ts";
import { cheapestOf } from "./cutPrice.ts";
import { type FrozenValues, frozenValues } from "./frozenValues.ts";
import { graphBehindRow, rowBefore } from "./row.ts";

/** A graph split where its frozen part ends. */
export interface FrozenSplit {
  /**
   * From the data to the cut: computed once for each view. One output: the value of the cut, or for several their
   * elements one behind the other, [batch, numbers]. Left out: there is nothing worth keeping.
   */
  readonly prefix: Graph | undefined;
  /** From the cut to the outputs; what the prefix gives is its data input. */
  readonly suffix: Graph;
  /** The values of the whole graph that are kept; none without a prefix. See `graphBehindRow`. */
  readonly cut: readonly Value[];
  /** In a sentence: where the cut is and why. */
  readonly reason: string;
}

/**
 * Splits a graph into what never changes (the frozen prefix) and what training changes.
 *
 * Among the cuts that save all heavy frozen computation (operators that tell their multiply-adds, with the pointwise ones
 * that directly belong to them) the one with the fewest bytes is taken, and among equals the earliest. Where that cut
 * is through several values (a skip connection leads around it), they are stored together, unless cutting earlier and
 * computing the rest each time is cheaper by `priceOf`.
 *
 * @param isTrainable - Whether training changes the parameter of this name.
 */
export function splitFrozen(graph: Graph, isTrainable: (parameter: string) => boolean): FrozenSplit {
  const frozen = frozenValues(graph, isTrainable);
  const frontier = frontierOf(graph, frozen);
  const places = cutPlaces(graph, frontier, frozen.samples);
  const { cut, note } = chosenCut(places);
  if (cut.every(({ source }) => source.kind === "input")) {
    return { prefix: undefined, suffix: graph, cut: [], reason: reasonAgainst(graph, frontier, isTrainable) };
  }
  return {
    prefix: rowBefore(graph, cut),
    suffix: graphBehindRow(graph, cut),
    cut,
    reason: `cut at ${cut.map(showValue).join(" and ")}${note}.`,
  };
}

/** Frozen values that trained computations, or the outputs, take up. */
function frontierOf(graph: Graph, { samples, fixed }: FrozenValues): readonly Value[] {
  const isFrozen = (value: Value) => samples.has(value) || fixed.has(value);
  const taken = graph.nodes.filter((node) => !node.outputs.some(isFrozen)).flatMap((node) => node.inputs);
  return [...new Set([...taken, ...graph.outputs])].filter((value) => samples.has(value));
}

/** The cut that is taken, and what the reason has to say of the one that is not. */
function chosenCut({ places, heavyEnd, multiplyAdds }: CutPlaces): {
  readonly cut: readonly Value[];
  readonly note: string;
} {
  const complete = places.filter((place) => place.position >= heavyEnd);
  const best = complete.reduce(
    (least, place) => (least === undefined || place.bytes < least.bytes ? place : least),
    complete[0],
  );
  if (best === undefined) return { cut: [], note: "" };
  const candidates = best.values.length === 1 ? [best] : [best, ...places];
  const cheapest = candidates[cheapestOf(candidates)]!;
  const kept = `; ${cheapest.bytes} bytes in place of ${showCount(multiplyAdds - cheapest.multiplyAdds)} multiply-adds`;
  if (cheapest !== best) {
    const again = `computing ${showCount(cheapest.multiplyAdds)} multiply-adds again is cheaper than ${best.bytes} bytes for ${best.values.length} values`;
    return { cut: cheapest.values, note: `${kept}; behind it the frozen part branches, and ${again}` };
  }
  const together =
    best.values.length === 1 ? "" : ", stored together as that is cheaper than computing one of them again";
  return { cut: best.values, note: kept + together };
}

/** 7.1 billion. */
function showCount(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} billion`;
  return count >= 1e6 ? `${(count / 1e6).toFixed(1)} million` : `${count}`;
}

function showValue({ name, type }: Value): string {
  return `${name}: ${elementsPerSample(type.shape)} numbers a sample ${showShape(type.shape)}`;
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

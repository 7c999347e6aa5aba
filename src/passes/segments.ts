import type { Node, Value } from "../graph/graph.ts";
import { elementsPerSample } from "../tensor/shape.ts";

/** What is known of each place between two nodes where a computation could be cut. */
interface Place {
  /** Number of nodes before it. */
  readonly at: number;
  /** Elements a sample of the values that are computed before it and used behind it. */
  readonly crossing: number;
  /** Elements a sample of all that is computed before it and wanted again. */
  readonly wantedBefore: number;
}

/** How finely the largest segment is searched for: each limit tried is this part of the one before. */
const limitStep = 0.8;
const limitSteps = 24;

/**
 * Cuts a forward computation where little crosses, so that keeping what crosses each cut and having one segment's values at a
 * time needs the least memory: the sum of the former and the largest of the latter (Chen et al. 2016, "Training deep nets with
 * sublinear memory cost", with measured sizes in place of the square root).
 *
 * @param wanted - Elements a sample of what a node computes that are needed again later.
 * @returns The segments in order; they hold all nodes.
 */
export function cutSegments(
  nodes: readonly Node[],
  wanted: (node: Node) => number,
): readonly (readonly Node[])[] {
  const places = placesBetween(nodes, wanted);
  const total = places.at(-1)!.wantedBefore;
  const plans = Array.from({ length: limitSteps }, (_, step) =>
    cheapestCuts(places, total * limitStep ** step),
  );
  const best = plans
    .filter((plan) => plan !== undefined)
    .reduce((least, plan) => (plan.cost < least.cost ? plan : least));
  return best.places.slice(1).map(({ at }, index) => nodes.slice(best.places[index]!.at, at));
}

/** Elements a sample; 0 for what does not grow with the batch. */
export function elementsOf({ type }: Value): number {
  return type.shape.includes("batch") ? elementsPerSample(type.shape) : 0;
}

/** The start, the end, and every place where no more crosses than just before and just behind. */
function placesBetween(nodes: readonly Node[], wanted: (node: Node) => number): readonly Place[] {
  const lastUse = new Map<Value, number>();
  for (const [at, node] of nodes.entries()) for (const input of node.inputs) lastUse.set(input, at);
  const places: Place[] = [{ at: 0, crossing: 0, wantedBefore: 0 }];
  let [crossing, wantedBefore] = [0, 0];
  for (const [at, node] of nodes.entries()) {
    for (const output of node.outputs) if (lastUse.has(output)) crossing += elementsOf(output);
    wantedBefore += wanted(node);
    for (const input of new Set(node.inputs)) {
      if (input.source.kind === "node" && lastUse.get(input) === at) crossing -= elementsOf(input);
    }
    places.push({ at: at + 1, crossing, wantedBefore });
  }
  return places.filter(({ at, crossing: here }) => {
    const isEnd = at === 0 || at === nodes.length;
    return isEnd || (here > 0 && here <= places[at - 1]!.crossing && here <= places[at + 1]!.crossing);
  });
}

/** The places at which the least crosses while no segment wants more than the limit; undefined if there are none. */
function cheapestCuts(
  places: readonly Place[],
  limit: number,
): { readonly places: readonly Place[]; readonly cost: number } | undefined {
  const reached: ({ readonly kept: number; readonly from: number } | undefined)[] = [{ kept: 0, from: -1 }];
  for (let to = 1; to < places.length; to++) {
    let best: { kept: number; from: number } | undefined;
    for (let from = to - 1; from >= 0; from--) {
      if (places[to]!.wantedBefore - places[from]!.wantedBefore > limit) break;
      const before = reached[from];
      if (before === undefined) continue;
      const kept = before.kept + (to === places.length - 1 ? 0 : places[to]!.crossing);
      if (best === undefined || kept <= best.kept) best = { kept, from };
    }
    reached[to] = best;
  }
  const chosen: Place[] = [];
  for (let at = places.length - 1; at >= 0; at = reached[at]!.from) {
    if (reached[at] === undefined) return undefined;
    chosen.unshift(places[at]!);
  }
  const largest = Math.max(
    ...chosen.slice(1).map((place, index) => place.wantedBefore - chosen[index]!.wantedBefore),
  );
  return { places: chosen, cost: reached.at(-1)!.kept + largest };
}

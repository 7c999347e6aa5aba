import type { Ranking } from "./ranking.ts";
import type { ResampledNumbers } from "./resampling.ts";

/** Steps that the areas of all resampled sets may take together. */
const mostSteps = 2e8;

/** Fewer sets than this tell no interval of 95 %. */
const fewestRounds = 200;

/**
 * The areas under the curves of every label in one set of images: for each label its average precision and its area under the ROC curve,
 * then the two means over the labels. With many labels and images fewer sets are looked at, and none where time does not allow enough.
 */
export function resampledAreas(rankings: readonly Ranking[]): ResampledNumbers {
  const samples = rankings[0]?.rows.length ?? 0;
  const rounds = Math.min(1000, Math.floor(mostSteps / (samples * rankings.length)));
  const areas = rankings.map(areasOf);
  return {
    rounds: rounds < fewestRounds ? 0 : rounds,
    of: (counts) => {
      const each = areas.map((area) => area(counts));
      return [...each.flat(), meanOfKnown(each, 0), meanOfKnown(each, 1)];
    },
  };
}

/**
 * One walk over the images by falling score. What lies between images with the label is only counted, and behind the last of them nothing
 * is looked at: with a good network that is most of the images.
 */
function areasOf(ranking: Ranking): (counts: Uint16Array) => readonly [number, number] {
  const { rows, targets } = ranking;
  const { starts, ends } = groupsWithLabel(ranking);
  return (counts) => {
    let [precision, lost, hits, called, place] = [0, 0, 0, 0, 0];
    for (let group = 0; group < starts.length; group++) {
      for (const start = starts[group]!; place < start; place++) called += counts[rows[place]!]!;
      let [own, found] = [0, 0];
      for (const end = ends[group]!; place < end; place++) {
        const count = counts[rows[place]!]!;
        own += count;
        found += count * targets[place]!;
      }
      // Pairs with an image without the label that has a higher score, those with the same one half.
      lost += found * (called - hits + (own - found) / 2);
      called += own;
      hits += found;
      if (found > 0) precision += found * (hits / called);
    }
    const others = rows.length - hits;
    return [
      hits === 0 ? Number.NaN : precision / hits,
      hits === 0 || others === 0 ? Number.NaN : 1 - lost / (hits * others),
    ];
  };
}

/** Places of equal scores, the label among them: where each such run begins, and where the next image follows. */
function groupsWithLabel({ scores, targets }: Ranking) {
  const groups: { readonly start: number; readonly end: number }[] = [];
  for (let start = 0; start < scores.length; ) {
    let [end, hasLabel] = [start, false];
    for (; end < scores.length && scores[end] === scores[start]; end++) hasLabel ||= targets[end] === 1;
    if (hasLabel) groups.push({ start, end });
    start = end;
  }
  return {
    starts: Uint32Array.from(groups, ({ start }) => start),
    ends: Uint32Array.from(groups, ({ end }) => end),
  };
}

function meanOfKnown(areas: readonly (readonly [number, number])[], which: 0 | 1): number {
  const known = areas.map((each) => each[which]).filter(Number.isFinite);
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
}

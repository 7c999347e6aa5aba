/** How many samples with and without the label share a score, scores falling. */
interface Tie {
  readonly positives: number;
  readonly negatives: number;
}

function ties(scores: Float32Array, targets: Float32Array): readonly Tie[] {
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
  const groups: { positives: number; negatives: number }[] = [];
  for (const [place, row] of order.entries()) {
    if (place === 0 || scores[order[place - 1]!] !== scores[row]) groups.push({ positives: 0, negatives: 0 });
    if (targets[row] === 1) groups.at(-1)!.positives++;
    else groups.at(-1)!.negatives++;
  }
  return groups;
}

/**
 * The sum over the ranks of precision times the rise of recall (scikit-learn's `average_precision_score`).
 *
 * @param targets - 0 or 1.
 * @returns null where no target is 1.
 */
export function averagePrecision(scores: Float32Array, targets: Float32Array): number | null {
  const positives = targets.filter((target) => target === 1).length;
  if (positives === 0) return null;
  let area = 0;
  let [hits, called] = [0, 0];
  for (const tie of ties(scores, targets)) {
    hits += tie.positives;
    called += tie.positives + tie.negatives;
    area += (tie.positives / positives) * (hits / called);
  }
  return area;
}

/**
 * The share of pairs of a sample with and one without the label in which the first has the higher score, ties counting half: the
 * area under the ROC curve (Mann and Whitney 1947).
 *
 * @param targets - 0 or 1.
 * @returns null where all targets are the same.
 */
export function areaUnderRoc(scores: Float32Array, targets: Float32Array): number | null {
  let [pairs, above, negatives] = [0, 0, 0];
  for (const tie of ties(scores, targets)) {
    pairs += tie.negatives * (above + tie.positives / 2);
    above += tie.positives;
    negatives += tie.negatives;
  }
  return above === 0 || negatives === 0 ? null : pairs / (above * negatives);
}

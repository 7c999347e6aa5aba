import type { Predictions } from "./probabilities.ts";

/** A sample with its two most probable classes. */
export interface UncertainSample {
  readonly sample: number;
  readonly first: number;
  readonly second: number;
  /** Probability of the first minus that of the second. */
  readonly lead: number;
}

/** The samples whose first class leads the second least, smallest lead first. */
export function leastCertain(predictions: Predictions, count: number): UncertainSample[] {
  return Array.from({ length: predictions.samples }, (_, sample) => leadOf(predictions, sample))
    .sort((a, b) => a.lead - b.lead || a.sample - b.sample)
    .slice(0, count);
}

function leadOf(predictions: Predictions, sample: number): UncertainSample {
  let [first, second] = [0, 1];
  const p = (label: number) => predictions.probability(sample, label);
  if (p(1) > p(0)) [first, second] = [1, 0];
  for (let label = 2; label < predictions.classes; label++) {
    if (p(label) > p(first)) [first, second] = [label, first];
    else if (p(label) > p(second)) second = label;
  }
  return { sample, first, second, lead: p(first) - p(second) };
}

import type { Statistic } from "../statistics/bootstrap.ts";
import type { JudgedRun } from "./judgedRun.ts";

/**
 * F1 as the mean over the classes, of all runs' answers together. A class that is neither there nor named counts 0, as
 * scikit-learn's `zero_division=0` has it.
 */
export function macroF1(runs: readonly JudgedRun[], classes: number): Statistic {
  const { labels } = runs[0]!;
  const hits = new Float64Array(classes);
  // Images of the class and images called it, together: the denominator of F1.
  const both = new Float64Array(classes);
  return (indices) => {
    hits.fill(0);
    both.fill(0);
    for (const { predicted } of runs) {
      for (let at = 0; at < indices.length; at++) {
        const label = labels[indices[at]!]!;
        const said = predicted[indices[at]!]!;
        both[label]! += 1;
        both[said]! += 1;
        if (label === said) hits[label]! += 1;
      }
    }
    let sum = 0;
    for (let label = 0; label < classes; label++) {
      if (both[label]! > 0) sum += (2 * hits[label]!) / both[label]!;
    }
    return sum / classes;
  };
}

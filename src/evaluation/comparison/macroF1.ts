import { type ResamplingOptions, resample, usualResamples } from "../statistics/bootstrap.ts";
import { percentileInterval } from "../statistics/bootstrapInterval.ts";
import type { Estimate } from "../statistics/pairedEffect.ts";
import type { JudgedRun } from "./judgedRun.ts";

/** F1 as the mean over the classes, of all runs' answers together; the interval is over images. */
export function macroF1(
  runs: readonly JudgedRun[],
  classes: number,
  options: ResamplingOptions = {},
): Estimate {
  const { labels } = runs[0]!;
  const counts = new ClassCounts(classes);
  const replicates = new Float64Array(options.resamples ?? usualResamples);
  const scoreOf = (indices: ArrayLike<number>): number => {
    counts.clear();
    for (const { predicted } of runs) {
      for (let at = 0; at < indices.length; at++) counts.add(labels[indices[at]!]!, predicted[indices[at]!]!);
    }
    return counts.macroF1();
  };
  resample(
    labels.length,
    (indices, draw) => {
      replicates[draw] = scoreOf(indices);
    },
    options,
  );
  return { value: scoreOf(labels.map((_, image) => image)), interval: percentileInterval(replicates) };
}

class ClassCounts {
  readonly #hits: Float64Array;
  readonly #named: Float64Array;
  readonly #present: Float64Array;

  constructor(classes: number) {
    this.#hits = new Float64Array(classes);
    this.#named = new Float64Array(classes);
    this.#present = new Float64Array(classes);
  }

  clear(): void {
    for (const counts of [this.#hits, this.#named, this.#present]) counts.fill(0);
  }

  add(label: number, predicted: number): void {
    this.#present[label]! += 1;
    this.#named[predicted]! += 1;
    if (label === predicted) this.#hits[label]! += 1;
  }

  /** A class that is neither there nor named counts 0, as scikit-learn's `zero_division=0` has it. */
  macroF1(): number {
    let sum = 0;
    for (let label = 0; label < this.#hits.length; label++) {
      const all = this.#present[label]! + this.#named[label]!;
      if (all > 0) sum += (2 * this.#hits[label]!) / all;
    }
    return sum / this.#hits.length;
  }
}

import type { Interval } from "../interval.ts";
import { type ResamplingOptions, resample } from "../statistics/bootstrap.ts";
import { percentileInterval } from "../statistics/bootstrapInterval.ts";
import { holm } from "../statistics/holm.ts";
import { mcnemar, pairedCounts } from "../statistics/mcnemar.ts";

/** A candidate against the best one, on the same images. */
export interface FromBest {
  /** Its accuracy minus the best one's: 0 or below. */
  readonly difference: number;
  /** McNemar's mid-p, corrected for the number of candidates (Holm). */
  readonly corrected: number;
  /** Whether the images cannot tell the two apart. */
  readonly isNoise: boolean;
}

/** What the chosen candidate is worth once the choice is allowed for. */
export interface Unbiased {
  readonly accuracy: number;
  readonly interval: Interval;
  /** How much better the best one looks on the images that it was chosen by. */
  readonly optimism: number;
}

export interface SelectionNoise {
  /** In the candidates' order. */
  readonly fromBest: readonly FromBest[];
  readonly unbiased: Unbiased;
}

const draws = 400;

/**
 * Which candidates can be told from the best, and what choosing the best is worth: drawn anew again and again, the best on the images
 * drawn is judged by those that were not (Tsamardinos, Greasidou and Borboudakis 2018).
 *
 * @param right - Of each candidate, 1 or 0 an image; all on the same images.
 */
export function selectionNoise(
  right: readonly Uint8Array[],
  options: ResamplingOptions = {},
): SelectionNoise {
  const accuracies = right.map(shareOf);
  const best = accuracies.indexOf(Math.max(...accuracies));
  const values = right.map((each) => mcnemar(pairedCounts(each, right[best]!)).midP);
  const others = values.filter((_, at) => at !== best);
  const corrected = holm(others);
  const fromBest = right.map((_, at): FromBest => {
    const p = at === best ? 1 : corrected[at < best ? at : at - 1]!;
    return { difference: accuracies[at]! - accuracies[best]!, corrected: p, isNoise: p >= 0.05 };
  });
  return { fromBest, unbiased: unbiasedAccuracy(right, accuracies[best] ?? 0, options) };
}

function unbiasedAccuracy(right: readonly Uint8Array[], best: number, options: ResamplingOptions): Unbiased {
  const images = right[0]?.length ?? 0;
  const outside: number[] = [];
  const drawn = new Uint32Array(images);
  resample(
    images,
    (indices) => {
      drawn.fill(0);
      for (const index of indices) drawn[index]! += 1;
      const inside = right.map((each) => weightedSum(each, drawn));
      const chosen = right[inside.indexOf(Math.max(...inside))]!;
      const left = drawn.reduce((count, times) => count + Number(times === 0), 0);
      if (left > 0)
        outside.push(chosen.reduce((sum, each, at) => sum + (drawn[at] === 0 ? each : 0), 0) / left);
    },
    { resamples: draws, ...options },
  );
  if (outside.length === 0) return { accuracy: best, interval: [0, 1], optimism: 0 };
  const accuracy = outside.reduce((sum, each) => sum + each, 0) / outside.length;
  return { accuracy, interval: percentileInterval(Float64Array.from(outside)), optimism: best - accuracy };
}

function weightedSum(values: Uint8Array, weights: Uint32Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]! * weights[at]!;
  return sum;
}

function shareOf(values: Uint8Array): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

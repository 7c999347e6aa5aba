import type { Interval } from "../interval.ts";
import { exactInterval } from "./exactInterval.ts";
import type { PairedCounts } from "./mcnemar.ts";
import { normalQuantile } from "./normal.ts";

/** A number and the range that the images leave plausible. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
}

/** How large a difference between two classifiers on the same images is. */
export interface PairedEffect {
  /** Accuracy of the first minus that of the second. */
  readonly difference: Estimate;
  /** Of the images on which only one is right, the share of the first one, minus a half (Cohen 1988): 0.05, 0.15 and 0.25 are small, medium, large. */
  readonly cohensG: Estimate | null;
  /** Images that only the first has right for each that only the second has; infinity where there is none. */
  readonly oddsRatio: Estimate | null;
}

/**
 * The difference's interval is that of Bonett and Price (2012): Wald's, with one image more on each side of the disagreement. Those of
 * the others follow from the exact interval of the share; null where the classifiers never disagree.
 */
export function pairedEffect(counts: PairedCounts, alpha = 0.05): PairedEffect {
  const { bothRight, onlyFirst, onlySecond, bothWrong } = counts;
  const images = bothRight + onlyFirst + onlySecond + bothWrong;
  const [first, second] = [(onlyFirst + 1) / (images + 2), (onlySecond + 1) / (images + 2)];
  const spread =
    normalQuantile(1 - alpha / 2) * Math.sqrt((first + second - (first - second) ** 2) / (images + 2));
  const difference: Estimate = {
    value: (onlyFirst - onlySecond) / images,
    interval: [Math.max(-1, first - second - spread), Math.min(1, first - second + spread)],
  };
  const disagreements = onlyFirst + onlySecond;
  if (disagreements === 0) return { difference, cohensG: null, oddsRatio: null };
  const [low, high] = exactInterval(onlyFirst, disagreements, alpha);
  return {
    difference,
    cohensG: { value: onlyFirst / disagreements - 0.5, interval: [low - 0.5, high - 0.5] },
    oddsRatio: { value: onlyFirst / onlySecond, interval: [low / (1 - low), high / (1 - high)] },
  };
}

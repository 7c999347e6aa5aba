import { logGamma } from "./incompleteBeta.ts";

/** How two classifiers agree on the same images. */
export interface PairedCounts {
  readonly bothRight: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly bothWrong: number;
}

/** @param first - 1 for each image that the first classifier has right, else 0. @param second - The same of the other one. */
export function pairedCounts(first: ArrayLike<number>, second: ArrayLike<number>): PairedCounts {
  const counts = { bothRight: 0, onlyFirst: 0, onlySecond: 0, bothWrong: 0 };
  for (let image = 0; image < first.length; image++) {
    if (first[image] && second[image]) counts.bothRight++;
    else if (first[image]) counts.onlyFirst++;
    else if (second[image]) counts.onlySecond++;
    else counts.bothWrong++;
  }
  return counts;
}

/** How likely so uneven a disagreement is where neither classifier is better. */
export interface McNemar {
  /** The binomial test: never too small (McNemar 1947, exact form). */
  readonly exact: number;
  /** Half the chance of what was seen taken off: nearer to the nominal level (Fagerland, Lydersen and Laake 2013). */
  readonly midP: number;
}

/** Two-sided p-values of McNemar's test; 1 where the classifiers never disagree. */
export function mcnemar({ onlyFirst, onlySecond }: PairedCounts): McNemar {
  const trials = onlyFirst + onlySecond;
  if (trials === 0) return { exact: 1, midP: 1 };
  const smaller = Math.min(onlyFirst, onlySecond);
  let tail = 0;
  for (let k = 0; k <= smaller; k++) tail += halves(trials, k);
  const seen = halves(trials, smaller);
  return {
    exact: Math.min(1, 2 * tail),
    midP: onlyFirst === onlySecond ? 1 - seen : Math.min(1, 2 * tail - seen),
  };
}

/** The chance of k heads in n tosses. */
function halves(n: number, k: number): number {
  return Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.LN2);
}

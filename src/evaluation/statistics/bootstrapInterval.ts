import type { Interval } from "../interval.ts";
import { normalCdf, normalQuantile } from "./normal.ts";

/** The middle part of the replicates (Efron 1979), quantiles between two of them by linear interpolation. */
export function percentileInterval(replicates: Float64Array, alpha = 0.05): Interval {
  const sorted = replicates.toSorted();
  return [quantile(sorted, alpha / 2), quantile(sorted, 1 - alpha / 2)];
}

/** What the corrected interval needs beside the replicates. */
export interface Observed {
  /** The statistic of the samples themselves. */
  readonly value: number;
  /** The statistic without each sample in turn. */
  readonly leaveOneOut: Float64Array;
}

/**
 * The percentile interval corrected for bias and skew (BCa; Efron 1987), as SciPy's `bootstrap` computes it. Where all
 * replicates are the same there is nothing to correct: the interval is that one value.
 */
export function bcaInterval(replicates: Float64Array, observed: Observed, alpha = 0.05): Interval {
  const sorted = replicates.toSorted();
  if (sorted[0] === sorted.at(-1)) return [sorted[0]!, sorted[0]!];
  const bias = normalQuantile(shareBelow(replicates, observed.value));
  const skew = acceleration(observed.leaveOneOut);
  const corrected = (share: number): number => {
    const shifted = bias + normalQuantile(share);
    const level = normalCdf(bias + shifted / (1 - skew * shifted));
    // All replicates on one side of the value: the extreme ones are all that can be said.
    return Number.isNaN(level) ? share : level;
  };
  return [quantile(sorted, corrected(alpha / 2)), quantile(sorted, corrected(1 - alpha / 2))];
}

/** Replicates that are equal count half. */
function shareBelow(replicates: Float64Array, value: number): number {
  let below = 0;
  for (const replicate of replicates) below += replicate < value ? 1 : replicate === value ? 0.5 : 0;
  return below / replicates.length;
}

function acceleration(leaveOneOut: Float64Array): number {
  const mean = leaveOneOut.reduce((sum, value) => sum + value, 0) / leaveOneOut.length;
  let [squares, cubes] = [0, 0];
  for (const value of leaveOneOut) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (high - low) * (place - below);
}

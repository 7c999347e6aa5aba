import type { Interval } from "../interval.ts";
import { betaQuantile } from "./incompleteBeta.ts";

/**
 * The range of true shares that `successes` of `trials` leave plausible, never too narrow (Clopper and Pearson 1934).
 *
 * @param alpha - Chance of missing the true share. Default 0.05.
 */
export function exactInterval(successes: number, trials: number, alpha = 0.05): Interval {
  const low = successes === 0 ? 0 : betaQuantile(alpha / 2, successes, trials - successes + 1);
  const high = successes === trials ? 1 : betaQuantile(1 - alpha / 2, successes + 1, trials - successes);
  return [low, high];
}

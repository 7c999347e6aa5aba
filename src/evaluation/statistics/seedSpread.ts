import type { Interval } from "../interval.ts";
import { studentQuantile } from "./studentT.ts";

/** How a number varies from run to run. */
export interface SeedSpread {
  readonly runs: number;
  readonly mean: number;
  /** Of a single run (n - 1); null for one run, which says nothing of it. */
  readonly deviation: number | null;
  /** Of the mean over all seeds there could be: Student's t; null for one run. */
  readonly interval: Interval | null;
}

/** @param alpha - Chance of missing the true mean. Default 0.05. */
export function seedSpread(values: readonly number[], alpha = 0.05): SeedSpread {
  const runs = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / runs;
  if (runs < 2) return { runs, mean, deviation: null, interval: null };
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs - 1));
  const half = (studentQuantile(1 - alpha / 2, runs - 1) * deviation) / Math.sqrt(runs);
  return { runs, mean, deviation, interval: [mean - half, mean + half] };
}

import { betaQuantile } from "./incompleteBeta.ts";

/**
 * The number below which one of Student's t distribution stays with chance p.
 *
 * @param degrees - Of freedom, above 0.
 */
export function studentQuantile(p: number, degrees: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  const x = betaQuantile(2 * (1 - p), degrees / 2, 0.5);
  return Math.sqrt((degrees * (1 - x)) / x);
}

import type { TrainingKernels } from "../base/trainingKernels.ts";
import type { CommonConfig, ParameterSpans } from "./optimizer.ts";

/**
 * What each weight's gradient is multiplied by so that norms stay within their limits: 1 or less, 1 for those within.
 * Empty where norms have no limit.
 */
export function gradientScales(
  kernels: TrainingKernels,
  parameters: readonly ParameterSpans[],
  { clipnorm, globalClipnorm }: CommonConfig,
): readonly number[] {
  if (clipnorm === null && globalClipnorm === null) return [];
  const squares = parameters.map(({ gradient }) => kernels.sumOfSquares(gradient.offset, gradient.length));
  if (clipnorm !== null) return squares.map((sum) => shortening(sum, clipnorm));
  const sum = squares.reduce((total, each) => total + each, 0);
  return squares.map(() => shortening(sum, globalClipnorm ?? Number.POSITIVE_INFINITY));
}

function shortening(sumOfSquares: number, limit: number): number {
  return Math.min(1, limit / Math.sqrt(sumOfSquares));
}

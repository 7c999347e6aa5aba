import type { TrainingKernels } from "../base/trainingKernels.ts";
import type { CommonConfig, ParameterSpans } from "./optimizer.ts";

/** Limits gradients in place, as Keras does before anything else in a step. */
export function clipGradients(
  kernels: TrainingKernels,
  parameters: readonly ParameterSpans[],
  { clipnorm, clipvalue, globalClipnorm }: CommonConfig,
): void {
  if (clipvalue !== null) {
    for (const { gradient } of parameters)
      kernels.clamp(gradient.offset, gradient.length, -clipvalue, clipvalue);
  }
  if (clipnorm !== null) {
    for (const spans of parameters) shorten(kernels, [spans], clipnorm);
  }
  if (globalClipnorm !== null) shorten(kernels, parameters, globalClipnorm);
}

/** Scales gradients down so that their common Euclidean norm is at most `limit`. */
function shorten(kernels: TrainingKernels, parameters: readonly ParameterSpans[], limit: number): void {
  let squares = 0;
  for (const { gradient } of parameters) squares += kernels.sumOfSquares(gradient.offset, gradient.length);
  const norm = Math.sqrt(squares);
  if (norm <= limit) return;
  for (const { gradient } of parameters) kernels.scale(gradient.offset, gradient.length, limit / norm);
}

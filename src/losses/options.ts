import { PermafrostError } from "../base/errors.ts";

export interface CrossentropyOptions {
  /** Predictions are logits, not probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Part of each target that is spread evenly over the classes, 0 <= x < 1. Default 0. */
  readonly labelSmoothing?: number;
}

/** @throws PermafrostError INVALID_ARGUMENT for a smoothing outside [0, 1). */
export function crossentropyConfig({ fromLogits = false, labelSmoothing = 0 }: CrossentropyOptions): {
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
} {
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `labelSmoothing: expected a number from 0 up to but not including 1, got ${labelSmoothing}.`,
    );
  }
  return { fromLogits, labelSmoothing };
}

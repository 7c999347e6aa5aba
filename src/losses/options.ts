import { PermafrostError } from "../base/errors.ts";
import { type LossOptions, type Reduction, resolveReduction } from "./reduction.ts";

export interface CrossentropyOptions extends LossOptions {
  /** Predictions are logits, not probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Part of each target that is spread evenly over the classes, 0 <= x < 1. Default 0. */
  readonly labelSmoothing?: number;
}

/** Losses over classes. */
export interface ClassAxisOptions {
  /** The user's axis of the classes. Default -1, the last. */
  readonly axis?: number;
}

/** Focal losses (Lin et al. 2017): what is already right counts less. */
export interface FocalOptions extends CrossentropyOptions {
  /** Weight of the rare class. Default 0.25. */
  readonly alpha?: number;
  /** How much less. Default 2; 0 is plain cross-entropy. */
  readonly gamma?: number;
}

interface CrossentropyConfig {
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
  readonly reduction: Reduction;
}

/** @throws PermafrostError INVALID_ARGUMENT for a smoothing outside [0, 1), or a reduction that cannot be trained. */
export function crossentropyConfig(options: CrossentropyOptions): CrossentropyConfig {
  const { fromLogits = false, labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `labelSmoothing: expected a number from 0 up to but not including 1, got ${labelSmoothing}.`,
    );
  }
  return { fromLogits, labelSmoothing, reduction: resolveReduction(options) };
}

/** @throws PermafrostError INVALID_ARGUMENT as above, and for a negative alpha or gamma. */
export function focalConfig(
  options: FocalOptions,
): CrossentropyConfig & { readonly alpha: number; readonly gamma: number } {
  const { alpha = 0.25, gamma = 2 } = options;
  for (const [name, value] of Object.entries({ alpha, gamma })) {
    if (value >= 0 && value < Number.POSITIVE_INFINITY) continue;
    throw new PermafrostError("INVALID_ARGUMENT", `${name}: expected a number of 0 or more, got ${value}.`);
  }
  return { ...crossentropyConfig(options), alpha, gamma };
}

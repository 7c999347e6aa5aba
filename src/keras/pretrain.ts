import { storeFolder } from "../features/storeFolder.ts";
import { pretrainEncoder } from "../recipes/pretrainEncoder.ts";
import {
  type PretrainingHooks,
  type PretrainingRequest,
  type PretrainingResult,
  pretrainingDefaults,
} from "../recipes/pretraining.ts";

export type { PretrainingHooks, PretrainingResult };

/** What to learn from, and where to; the rest as `permafrost pretrain` has it. */
export type PretrainingOptions = Pick<PretrainingRequest, "data" | "out"> & Partial<PretrainingRequest>;

/**
 * Trains an encoder on images without labels: `permafrost pretrain` as a function. The bundle's folder then serves as `base` of
 * `trainClassifier`.
 *
 * Defaults: the encoder `small` from random weights, 20 epochs of batches of 32 with Adam at 1e-3, squared error, undamaged pictures, a
 * tenth of the images held back, seed 0.
 *
 * @throws PermafrostError as `permafrost pretrain` reports it.
 */
export function pretrain(
  options: PretrainingOptions,
  hooks: PretrainingHooks = {},
): Promise<PretrainingResult> {
  const defaults = { ...pretrainingDefaults, store: storeFolder(), commandLine: "pretrain" };
  return pretrainEncoder({ ...defaults, ...options }, hooks);
}

import { storeFolder } from "../features/storeFolder.ts";
import { pretrainEncoder } from "../recipes/pretrainEncoder.ts";
import {
  type PretrainingHooks,
  type PretrainingRequest,
  type PretrainingResult,
  pretrainingDefaults,
} from "../recipes/pretraining/pretraining.ts";

import type { TrainingHooks, TrainingResult } from "../recipes/trainClassifier.ts";
import { type ClassifierOptions, trainClassifier } from "./classifier.ts";

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

/**
 * Trains a classifier from nothing: the whole encoder (default `small`) from random weights, with a head.
 *
 * @throws PermafrostError as `permafrost train --encoder` reports it.
 */
export function trainFromNothing(
  options: ClassifierOptions,
  hooks: TrainingHooks = {},
): Promise<TrainingResult> {
  return trainClassifier(
    { base: "small", initialWeights: "random", unfreeze: "all", commandLine: "trainFromNothing", ...options },
    hooks,
  );
}

/**
 * As `trainFromNothing`, with the reconstruction of the pictures as a second output: `permafrost train --joint 0.3` as a function.
 * `joint.unlabelled` names a folder of images that count for the reconstruction alone.
 *
 * @throws PermafrostError as `permafrost train --joint` reports it.
 */
export function trainJointly(options: ClassifierOptions, hooks: TrainingHooks = {}): Promise<TrainingResult> {
  return trainFromNothing({ joint: { weight: 0.3 }, commandLine: "trainJointly", ...options }, hooks);
}

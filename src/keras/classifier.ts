import { storeFolder } from "../features/storeFolder.ts";
import {
  type EvaluationRequest,
  type EvaluationResult,
  evaluateClassifier as evaluateBundle,
} from "../recipes/evaluateClassifier.ts";
import {
  type TrainingHooks,
  type TrainingRequest,
  type TrainingResult,
  trainClassifier as train,
} from "../recipes/trainClassifier.ts";
import { trainingDefaults } from "../recipes/trainingDefaults.ts";
import {
  type VerificationHooks,
  type VerificationRequest,
  type VerificationResult,
  verifyTraining as verify,
} from "../recipes/verifyTraining.ts";

/** What to train on, and where to; the rest as `permafrost train` has it. */
export type ClassifierOptions = Pick<TrainingRequest, "data" | "out"> & Partial<TrainingRequest>;

/** What to verify on; the rest as `permafrost verify` has it. */
export type VerificationOptions = Pick<VerificationRequest, "data"> & Partial<VerificationRequest>;

/** Which bundle to measure on what; the feature store as `permafrost evaluate` has it. */
export type ClassifierEvaluation = Pick<EvaluationRequest, "bundle" | "data"> & Partial<EvaluationRequest>;

/**
 * Photographs in a folder become a trained, evaluated, saved classifier: `permafrost train` as a function.
 *
 * Defaults: base MobileNetV3-Small, a linear head, 30 epochs of batches of 32 with Adam, a fifth of the images held back where
 * the data name no validation split, seed 0.
 *
 * @throws PermafrostError as `permafrost train` reports it.
 */
export function trainClassifier(
  options: ClassifierOptions,
  hooks: TrainingHooks = {},
): Promise<TrainingResult> {
  const defaults = {
    ...trainingDefaults,
    embedBase: false,
    store: storeFolder(),
    commandLine: "trainClassifier",
  };
  return train({ ...defaults, ...options }, hooks);
}

/** Scores a classifier on labelled photographs: `permafrost evaluate` as a function. */
export function evaluateClassifier(
  options: ClassifierEvaluation,
  hooks: Omit<TrainingHooks, "onEpoch"> = {},
): Promise<EvaluationResult> {
  return evaluateBundle({ store: storeFolder(), ...options }, hooks);
}

/**
 * Trains the plain way and from stored features and compares them bit for bit: `permafrost verify` as a function.
 *
 * @throws PermafrostError as `permafrost verify` reports it; a difference is no error but `same: false`.
 */
export function verifyTraining(
  options: VerificationOptions,
  hooks: VerificationHooks = {},
): Promise<VerificationResult> {
  const defaults = {
    ...trainingDefaults,
    out: "",
    embedBase: false,
    store: storeFolder(),
    commandLine: "verifyTraining",
  };
  return verify({ ...defaults, ...options }, hooks);
}

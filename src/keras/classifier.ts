import type { ClassificationScores } from "../evaluation/scores.ts";
import type { TaskScores } from "../evaluation/taskScores.ts";
import { storeFolder } from "../features/storeFolder.ts";
import {
  type EvaluationRequest,
  type EvaluationResult,
  evaluateClassifier as evaluateBundle,
  type JudgedPrediction,
  type JudgedTarget,
} from "../recipes/evaluateClassifier.ts";
import { trainingDefaults } from "../recipes/request/trainingDefaults.ts";
import {
  type TrainingHooks,
  type TrainingRequest,
  type TrainingResult,
  trainClassifier as train,
} from "../recipes/trainClassifier.ts";
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
 * Several labels an image, or numbers: `trainClassifier<MultilabelScores>({ task: "multilabel", labels: "labels.csv", ... })`.
 *
 * @throws PermafrostError as `permafrost train` reports it.
 */
export function trainClassifier<Scores extends TaskScores = ClassificationScores>(
  options: ClassifierOptions,
  hooks: TrainingHooks = {},
): Promise<TrainingResult<Scores>> {
  const defaults = {
    ...trainingDefaults,
    embedBase: false,
    store: storeFolder(),
    commandLine: "trainClassifier",
  };
  // Whoever asks for another task names the type of its scores.
  return train({ ...defaults, ...options }, hooks) as Promise<TrainingResult<Scores>>;
}

/**
 * Trains a head, then the head and the upper layers of the base at a low rate: `permafrost train --recipe fine-tune` as a function.
 *
 * Defaults beside those of `trainClassifier`: the last three blocks (`unfreeze: "last:3"`), a third of the epochs for the head alone,
 * then Adam at 1e-4, BatchNormalization with its moving statistics. `recipe: "gradual"` unfreezes block by block.
 *
 * @throws PermafrostError as `permafrost train` reports it.
 */
export function fineTune(options: ClassifierOptions, hooks: TrainingHooks = {}): Promise<TrainingResult> {
  return trainClassifier({ recipe: "fine-tune", commandLine: "fineTune", ...options }, hooks);
}

/** Scores a classifier on labelled photographs: `permafrost evaluate` as a function. */
export function evaluateClassifier<
  Scores extends TaskScores = ClassificationScores,
  Judged extends JudgedPrediction | JudgedTarget = JudgedPrediction,
>(
  options: ClassifierEvaluation,
  hooks: Omit<TrainingHooks, "onEpoch"> = {},
): Promise<EvaluationResult<Scores, Judged>> {
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

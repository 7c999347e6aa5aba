import type { ModelOptions } from "../models/functional.ts";
import type { SequentialOptions } from "../models/sequential.ts";
import { Model, Sequential } from "./networks.ts";

export type { TestBatchOptions, TrainBatchOptions } from "../training/batchTrainer.ts";
export type {
  ModelClassWeights,
  ModelSampleWeights,
  ModelTargets,
} from "../training/labelSamples.ts";
export type { ModelInputs } from "../training/modelInputs.ts";
export type { TrainingMemory } from "../training/trainingMemory.ts";
export type { FeatureStoreOption } from "./fitFeatures.ts";
export { load } from "./loadModel.ts";
export type {
  ArrayEvaluateOptions,
  ArrayFitOptions,
  IteratorEvaluateOptions,
  IteratorFitOptions,
  PredictOptions,
} from "./modelTraining.ts";
export type { SaveModelOptions } from "./saveModel.ts";
export type { TrainableModel } from "./withTraining.ts";
export type { ModelOptions, SequentialOptions };
export { Model, Sequential };

/** @example models.model({ inputs: x, outputs: layers.dense({ units: 1 }).apply(x) }) */
export function model(options: ModelOptions): Model {
  return new Model(options);
}

/**
 * @example
 * const model = models.sequential();
 * model.add(layers.dense({ units: 256, activation: "relu", inputShape: [8192] }));
 */
export function sequential(options: SequentialOptions = {}): Sequential {
  return new Sequential(options);
}

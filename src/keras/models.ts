import { type AutoencoderOptions, autoencoderLayers } from "../models/autoencoder.ts";
import type { ModelOptions } from "../models/functional.ts";
import type { SequentialOptions } from "../models/sequential.ts";
import { Model, Sequential } from "./networks.ts";

export type { TrainingMemory } from "../training/graphs/trainingMemory.ts";
export type { TestBatchOptions, TrainBatchOptions } from "../training/runs/batchTrainer.ts";
export type {
  ModelClassWeights,
  ModelSampleWeights,
  ModelTargets,
} from "../training/samples/labelSamples.ts";
export type { ModelInputs } from "../training/samples/modelInputs.ts";
export type { FeatureStoreOption } from "./fitFeatures.ts";
export {
  type LoadedKerasModel,
  type LoadModelOptions,
  load,
  loadModel,
  loadModelWithLabels,
} from "./loadModel.ts";
export type { LoadedWeights, ModelLoadWeightsOptions } from "./loadWeights.ts";
export type {
  ArrayEvaluateOptions,
  ArrayFitOptions,
  IteratorEvaluateOptions,
  IteratorFitOptions,
  PredictOptions,
} from "./modelTraining.ts";
export type { SaveModelOptions } from "./saveModel.ts";
export type { TrainableModel } from "./withTraining.ts";
export type { AutoencoderOptions, ModelOptions, SequentialOptions };
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

/**
 * An encoder with a decoder behind it that gives the pictures back, values from 0 to 1. The encoder keeps its weights and can be used on
 * its own afterwards: as a base network, say.
 *
 * @throws PermafrostError INVALID_ARGUMENT for an encoder that is not convolutional from pictures to maps; SHAPE_MISMATCH.
 * @example
 * const encoder = await applications.small({ inputShape: [64, 64, 3] });
 * const model = models.autoencoder({ encoder });
 * model.compile({ loss: "meanSquaredError", optimizer: "adam" });
 * await model.fit(pixels, pixels, { epochs: 10 }); // [samples, 64, 64, 3], 0 to 1
 */
export function autoencoder(options: AutoencoderOptions): Sequential {
  return new Sequential({
    name: "autoencoder",
    layers: autoencoderLayers(options),
    seed: options.encoder.seed,
  });
}

import path from "node:path";
import { saveKerasArchive, saveTfjsModel, saveWeights } from "../modelFiles/saveModelFile.ts";
import type { Model } from "../models/functional.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { CompileOptions } from "../training/compiled/compile.ts";
import type { TrainingMemory } from "../training/graphs/trainingMemory.ts";
import type { History } from "../training/measuring/history.ts";
import type { Logs } from "../training/measuring/logs.ts";
import type { TestBatchOptions, TrainBatchOptions } from "../training/runs/batchTrainer.ts";
import type { ModelTargets } from "../training/samples/labelSamples.ts";
import type { ModelInputs } from "../training/samples/modelInputs.ts";
import type { PictureBatches } from "./iteratorSamples.ts";
import { type LoadedWeights, loadModelWeights, type ModelLoadWeightsOptions } from "./loadWeights.ts";
import {
  type ArrayEvaluateOptions,
  type ArrayFitOptions,
  type IteratorEvaluateOptions,
  type IteratorFitOptions,
  ModelTraining,
  type PredictOptions,
} from "./modelTraining.ts";
import type { SaveModelOptions } from "./saveModel.ts";

/** What Keras's models can do beside being layers. */
export interface TrainableModel {
  /**
   * Says what to train with. Which weights are trained is decided here, by `trainable` as it is now.
   *
   * @throws PermafrostError NOT_BUILT, UNKNOWN_NAME or INVALID_ARGUMENT.
   */
  compile(options: CompileOptions): void;

  /**
   * Trains on arrays: `fit(x, y, { epochs: 30, batchSize: 20, validationData: [vx, vy] })`.
   *
   * What comes before the first trained layer is computed once a sample, not once an epoch; the numbers are the same.
   *
   * @param x - [samples, ...]; pictures [samples, height, width, channels]. Several inputs: a list, or a dictionary by name.
   * @param y - Class numbers, values or one-hot rows, as the loss wants them. Several outputs: a list, or a dictionary by name.
   * @throws PermafrostError NOT_COMPILED, STALE_COMPILE, SHAPE_MISMATCH, DATA_INVALID, LOSS_NAN, INTERRUPTED.
   */
  fit(x: ModelInputs, y: ModelTargets, options?: ArrayFitOptions): Promise<History>;

  /** Trains on the pictures and labels of an iterator of an ImageDataGenerator, or of `imageDatasetFromDirectory`. */
  fit(iterator: PictureBatches, options?: IteratorFitOptions): Promise<History>;

  /**
   * Loss and metrics in inference form, by name: `{ loss, acc }`.
   *
   * @throws PermafrostError NOT_COMPILED, SHAPE_MISMATCH, DATA_INVALID.
   */
  evaluate(x: ModelInputs, y: ModelTargets, options?: ArrayEvaluateOptions): Promise<Logs>;
  evaluate(iterator: PictureBatches, options?: IteratorEvaluateOptions): Promise<Logs>;

  /** What `fit` with batches of this size needs, in bytes, estimated. `fit` refuses a batch that cannot fit. */
  trainingMemory(batchSize: number): TrainingMemory;

  /**
   * One update on one batch: loss and metrics before it, by name. The optimizer's memory stays from call to call, and the
   * model has the new weights at once. Frozen layers are computed in every call: prefer `fit` where it will do.
   *
   * @throws PermafrostError as `fit` does.
   */
  trainOnBatch(x: ModelInputs, y: ModelTargets, options?: TrainBatchOptions): Promise<Logs>;

  /** Loss and metrics of one batch in inference form, by name. */
  testOnBatch(x: ModelInputs, y: ModelTargets, options?: TestBatchOptions): Promise<Logs>;

  /** As `predict`, in a single batch. */
  predictOnBatch(x: ModelInputs): Promise<Tensor<"float32">>;

  /**
   * The outputs [samples, ...], feature maps as [samples, height, width, channels]. The model need not be compiled.
   *
   * Outputs for an iterator or a data set are in the order of its files, whether or not it shuffles (Keras hands them back shuffled).
   */
  predict(x: ModelInputs | PictureBatches, options?: PredictOptions): Promise<Tensor<"float32">>;

  /** As `predict`, for a model with several outputs: each by the name of its layer. */
  predictAll(
    x: ModelInputs | PictureBatches,
    options?: PredictOptions,
  ): Promise<Readonly<Record<string, Tensor<"float32">>>>;

  /**
   * Writes a classifier, a base network with a head on it, as a bundle folder, which `models.load` and `permafrost predict` read; for a
   * name that ends in `.keras` any model as Keras 3's file, for one that ends in `model.json` as a TensorFlow.js layers model.
   *
   * @param options - Of a bundle.
   * @throws PermafrostError INVALID_ARGUMENT for a model of another form or without class names; OUTPUT_EXISTS, DISK_FULL;
   *   MODEL_UNSUPPORTED for a layer or an option that Keras has not.
   */
  save(place: string, options?: SaveModelOptions): Promise<void>;

  /**
   * Writes all weights: as Keras 3's `.weights.h5` for such a name, else as safetensors with the weights' paths for names, in Keras's
   * layout.
   *
   * @throws PermafrostError INVALID_ARGUMENT for a name of another format; DISK_FULL.
   */
  saveWeights(file: string): Promise<void>;

  /**
   * Sets weights from a file of any format that is read (docs/formats.md): one of `saveWeights`, `ModelCheckpoint`, Keras, ... All is
   * read and checked before any is changed.
   *
   * @param options - `byName`: layers take the weights of their names, others stay as they are. Default: all layers in their order.
   *   `skipMismatch`: what does not fit is passed over, counted and told.
   * @throws PermafrostError NOT_FOUND, or WEIGHTS_INVALID for a damaged file or another network; then none is changed.
   */
  loadWeights(file: string, options?: ModelLoadWeightsOptions): Promise<LoadedWeights>;

  /** Ends the threads that `predict` keeps ready. They never keep a finished program from ending. */
  close(): Promise<void>;
}

/** TypeScript wants this very signature of the base class of a mixin. */
// biome-ignore lint/suspicious/noExplicitAny: see above; the arguments keep their types in the resulting class.
type ModelClass = new (...args: any[]) => Model;

/**
 * Gives a class of models the methods of `TrainableModel`. `models/` lies below `training/` and cannot have them; a
 * subclass can, and stays a layer that other models take as it is.
 */
export function withTraining<Base extends ModelClass>(
  base: Base,
): Base &
  (new (
    // biome-ignore lint/suspicious/noExplicitAny: as above
    ...args: any[]
  ) => TrainableModel) {
  return class extends base implements TrainableModel {
    readonly #training = new ModelTraining(this);

    compile(options: CompileOptions): void {
      this.#training.compile(options);
    }

    fit(
      x: ModelInputs | PictureBatches,
      y?: ModelTargets | IteratorFitOptions,
      options?: ArrayFitOptions,
    ): Promise<History> {
      return this.#training.fit(x, y, options);
    }

    evaluate(
      x: ModelInputs | PictureBatches,
      y?: ModelTargets | IteratorEvaluateOptions,
      options?: ArrayEvaluateOptions,
    ): Promise<Logs> {
      return this.#training.evaluate(x, y, options);
    }

    trainingMemory(batchSize: number): TrainingMemory {
      return this.#training.trainingMemory(batchSize);
    }

    trainOnBatch(x: ModelInputs, y: ModelTargets, options?: TrainBatchOptions): Promise<Logs> {
      return this.#training.trainOnBatch(x, y, options);
    }

    testOnBatch(x: ModelInputs, y: ModelTargets, options?: TestBatchOptions): Promise<Logs> {
      return this.#training.testOnBatch(x, y, options);
    }

    predictOnBatch(x: ModelInputs): Promise<Tensor<"float32">> {
      return this.#training.predict(x, { batchSize: Number.MAX_SAFE_INTEGER });
    }

    predict(x: ModelInputs | PictureBatches, options?: PredictOptions): Promise<Tensor<"float32">> {
      return this.#training.predict(x, options);
    }

    predictAll(
      x: ModelInputs | PictureBatches,
      options?: PredictOptions,
    ): Promise<Readonly<Record<string, Tensor<"float32">>>> {
      return this.#training.predictAll(x, options);
    }

    save(place: string, options?: SaveModelOptions): Promise<void> {
      if (place.endsWith(".keras")) return saveKerasArchive(this, place);
      if (path.basename(place) === "model.json") return saveTfjsModel(this, place);
      return this.#training.save(place, options);
    }

    saveWeights(file: string): Promise<void> {
      return saveWeights(this, file);
    }

    loadWeights(file: string, options?: ModelLoadWeightsOptions): Promise<LoadedWeights> {
      return loadModelWeights(this, file, options);
    }

    close(): Promise<void> {
      return this.#training.close();
    }
  };
}

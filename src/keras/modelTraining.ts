import type { ImageIterator } from "../augmentation/imageIterator.ts";
import { PermafrostError } from "../base/errors.ts";
import type { Model } from "../models/functional.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Compiled, type CompileOptions, compileModel } from "../training/compiled/compile.ts";
import { allOutputsOf, inferenceGraph } from "../training/features/inference.ts";
import { estimateTrainingMemory, type TrainingMemory } from "../training/graphs/trainingMemory.ts";
import type { History } from "../training/measuring/history.ts";
import type { Logs } from "../training/measuring/logs.ts";
import {
  BatchTrainer,
  type TestBatchOptions,
  type TrainBatchOptions,
} from "../training/runs/batchTrainer.ts";
import { type EvaluateOptions, evaluate } from "../training/runs/evaluate.ts";
import { fit } from "../training/runs/fit.ts";
import type { FitOptions, ValidationData } from "../training/runs/fitOptions.ts";
import {
  checkBatchSize,
  expectOneOutput,
  type InferenceOptions,
  namedOutputs,
  withPredictHooks,
} from "../training/runs/predict.ts";
import { type Samples, selectSamples } from "../training/samples/batchSource.ts";
import type { ModelTargets } from "../training/samples/labelSamples.ts";
import { type ModelInputs, modelSource } from "../training/samples/modelInputs.ts";
import { toUserLayout } from "../training/samples/userLayout.ts";
import { type FeatureStoreOption, FitFeatures } from "./fitFeatures.ts";
import { fitIterator } from "./fitIterator.ts";
import {
  firstBatches,
  isIterator,
  iteratorOf,
  iteratorSamples,
  type PictureBatches,
  selectIteratorSamples,
} from "./iteratorSamples.ts";
import { Predictor } from "./predictor.ts";
import { type SaveModelOptions, saveModel } from "./saveModel.ts";
import { storedOutputs } from "./storedOutputs.ts";
import { type TrainedOn, trainedOnArrays, trainedOnIterator } from "./trainedOn.ts";
import { ViewSource } from "./viewSource.ts";

/** Options of `fit` for arrays: Keras's names and defaults. `verbose` is 1 by default. */
export interface ArrayFitOptions extends Omit<FitOptions, "validationData" | "runtime">, FeatureStoreOption {
  /** Measured on after each epoch: arrays, a data set, or an iterator whose first draws are used in every epoch. */
  readonly validationData?: ValidationData | PictureBatches;
}

/** Options of `fit` for an iterator or a data set; batch size, order and weights are its own. */
export type IteratorFitOptions = Omit<
  ArrayFitOptions,
  "batchSize" | "shuffle" | "sampleWeight" | "validationSplit"
>;

export type ArrayEvaluateOptions = EvaluateOptions;

export interface IteratorEvaluateOptions extends InferenceOptions, FeatureStoreOption {
  /** Batches to measure on. Default: all. */
  readonly steps?: number;
}

export interface PredictOptions extends InferenceOptions, FeatureStoreOption {
  /** Batches of an iterator to predict, from the first file on. Default: all. */
  readonly steps?: number;
}

/** What a model knows beside its layers: how it is trained, on what it was trained, and the threads that predict with it. */
export class ModelTraining {
  readonly #model: Model;
  readonly #predictor: Predictor;
  #compiled: Compiled | undefined;
  #batches: BatchTrainer | undefined;
  #trainedOn: TrainedOn | undefined;

  constructor(model: Model) {
    this.#model = model;
    this.#predictor = new Predictor(model);
  }

  compile(options: CompileOptions): void {
    const compiled = compileModel(this.#model, options);
    void this.#batches?.close();
    this.#compiled = compiled;
    this.#batches = new BatchTrainer(compiled);
  }

  async fit(
    data: ModelInputs | PictureBatches,
    y: ModelTargets | IteratorFitOptions | undefined,
    options: ArrayFitOptions = {},
  ): Promise<History> {
    const compiled = this.#requireCompiled("fit");
    const x = iteratorOf(data);
    if (isIterator(x)) {
      const given = (y ?? {}) as IteratorFitOptions;
      const features = new FitFeatures(given);
      const common = commonOptions(given);
      const history = await features.during(
        () => fitIterator(compiled, x, common, this.#predictor, features),
        common,
      );
      this.#trainedOn = trainedOnIterator(x);
      return history;
    }
    const targets = requireTargets(y as ModelTargets | undefined, "fit");
    const features = new FitFeatures(options);
    const frozenPart: FitOptions["frozenPart"] = async (prefix, source, work) =>
      features.of(options.engine ?? (await this.#predictor.engine()), prefix, source, work);
    const common = commonOptions(options);
    const history = await features.during(() => fit(compiled, x, targets, { frozenPart, ...common }), common);
    this.#trainedOn = trainedOnArrays(x, targets);
    return history;
  }

  async evaluate(
    data: ModelInputs | PictureBatches,
    y: ModelTargets | IteratorEvaluateOptions | undefined,
    options: ArrayEvaluateOptions = {},
  ): Promise<Logs> {
    const compiled = this.#requireCompiled("evaluate");
    const x = iteratorOf(data);
    const engine = await this.#predictor.engine();
    if (!isIterator(x)) {
      return evaluate(compiled, x, requireTargets(y as ModelTargets | undefined, "evaluate"), {
        engine,
        ...options,
      });
    }
    const { steps, store, ...rest } = (y ?? {}) as IteratorEvaluateOptions;
    const all = iteratorSamples(x);
    const chosen = selectIteratorSamples(all, firstBatches(x, steps, "steps"));
    const weights = chosen.sampleWeight === undefined ? {} : { sampleWeight: chosen.sampleWeight };
    const features = new FitFeatures(store === undefined ? {} : { store });
    const frozenPart: EvaluateOptions["frozenPart"] = (prefix, source, work) =>
      features.of(rest.engine ?? engine, prefix, source, work, false);
    return features.closing(() =>
      evaluate(compiled, chosen.source, chosen.y, {
        engine,
        batchSize: x.batchSize,
        ...weights,
        ...rest,
        ...(features.canStore(chosen.source) ? { frozenPart } : {}),
      }),
    );
  }

  trainingMemory(batchSize: number): TrainingMemory {
    return estimateTrainingMemory(this.#requireCompiled("trainingMemory"), batchSize);
  }

  trainOnBatch(x: ModelInputs, y: ModelTargets, options?: TrainBatchOptions): Promise<Logs> {
    return this.#requireBatches("trainOnBatch").train(x, y, options);
  }

  async testOnBatch(x: ModelInputs, y: ModelTargets, options?: TestBatchOptions): Promise<Logs> {
    const batches = this.#requireBatches("testOnBatch");
    return batches.test(x, y, { ...options, engine: await this.#predictor.engine() });
  }

  async predict(x: ModelInputs | PictureBatches, options: PredictOptions = {}): Promise<Tensor<"float32">> {
    expectOneOutput(this.#model);
    const [output] = await this.#outputs(x, options);
    return output!;
  }

  async predictAll(
    x: ModelInputs | PictureBatches,
    options: PredictOptions = {},
  ): Promise<Readonly<Record<string, Tensor<"float32">>>> {
    return namedOutputs(this.#model, await this.#outputs(x, options));
  }

  #outputs(x: ModelInputs | PictureBatches, options: PredictOptions): Promise<readonly Tensor<"float32">[]> {
    return withPredictHooks(this.#model, options, (work) => this.#allOutputs(iteratorOf(x), work));
  }

  async #allOutputs(
    x: ModelInputs | ImageIterator,
    options: PredictOptions,
  ): Promise<readonly Tensor<"float32">[]> {
    const { steps, engine, store, ...work } = options;
    const source = modelSource(this.#model, isIterator(x) ? firstSamples(x, steps) : x);
    const batchSize = checkBatchSize(work.batchSize ?? 32);
    const features = new FitFeatures(store === undefined ? {} : { store });
    if (isIterator(x) && features.canStore(source)) {
      const started = engine ?? (await this.#predictor.engine());
      const stored = await storedOutputs(this.#model, source, {
        ...work,
        engine: started,
        features,
        batchSize,
      });
      if (stored !== undefined) return stored.map(toUserLayout);
    }
    const outputs =
      engine === undefined
        ? await this.#predictor.outputs(source, batchSize, work)
        : await allOutputsOf(engine, inferenceGraph(this.#model), source, {
            ...work,
            batchSize,
            phase: "predict",
          });
    return outputs.map(toUserLayout);
  }

  async save(folder: string, options: SaveModelOptions = {}): Promise<void> {
    const { numericsClass } = await this.#predictor.engine();
    await saveModel(this.#model, { trainedOn: this.#trainedOn, numericsClass }, folder, options);
  }

  async close(): Promise<void> {
    await this.#batches?.close();
    await this.#predictor.close();
  }

  #requireBatches(method: string): BatchTrainer {
    return this.#batches ?? new BatchTrainer(this.#requireCompiled(method));
  }

  #requireCompiled(method: string): Compiled {
    if (this.#compiled !== undefined) return this.#compiled;
    throw new PermafrostError(
      "NOT_COMPILED",
      `${this.#model.name}: ${method} needs a loss and an optimizer. Call compile({ optimizer, loss, metrics }) first.`,
    );
  }
}

/** The options of `training/runs/fit`, with an iterator for validation turned into samples. */
function commonOptions(options: ArrayFitOptions = {}): FitOptions {
  const { validationData: given, validationSteps, store: _, ...rest } = options;
  const validationData = given && iteratorOf(given);
  const common = { verbose: 1, ...rest } as const;
  const steps = validationSteps === undefined ? {} : { validationSteps };
  if (validationData === undefined) return { ...common, ...steps };
  if (!isIterator(validationData)) {
    return { ...common, ...steps, validationData };
  }
  const indices = firstBatches(validationData, validationSteps, "validationSteps");
  const { source, y, sampleWeight } = selectIteratorSamples(iteratorSamples(validationData), indices);
  return {
    validationBatchSize: validationData.batchSize,
    ...common,
    validationData: sampleWeight === undefined ? [source, y] : [source, y, sampleWeight],
  };
}

/** The first batches in the order of the files. */
function firstSamples(iterator: ImageIterator, steps: number | undefined): Samples {
  const { length } = firstBatches(iterator, steps, "steps");
  const indices = Uint32Array.from({ length }, (_, index) => index);
  return selectSamples(new ViewSource(iterator), indices);
}

function requireTargets(y: ModelTargets | undefined, method: string): ModelTargets {
  if (y !== undefined) return y;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${method}: expected targets beside the samples: ${method}(x, y).`,
  );
}

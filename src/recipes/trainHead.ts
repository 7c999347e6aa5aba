import type { BaseNetwork } from "../applications/index.ts";
import type { PermafrostError } from "../base/errors.ts";
import { balancedClassWeights } from "../data/classWeights.ts";
import type { Split } from "../data/dataset.ts";
import type { SplitSample } from "../data/split.ts";
import type { Engine } from "../engine/engine.ts";
import type { FeatureTable } from "../features/featureTable.ts";
import type { FeatureStore } from "../features/store.ts";
import type { Layer } from "../layers/layer.ts";
import type { Sequential } from "../models/sequential.ts";
import { type OptimizerConfig, resolveOptimizer } from "../optimizers/index.ts";
import { cosineDecay } from "../optimizers/schedules/cosineDecay.ts";
import type { LearningRate } from "../optimizers/schedules/schedule.ts";
import { float32 } from "../tensor/tensor.ts";
import type { Callback } from "../training/callback.ts";
import { compileModel } from "../training/compile.ts";
import { fit } from "../training/fit.ts";
import { type History, HistoryRecorder } from "../training/history.ts";
import { classifierGraphs } from "./classifierGraphs.ts";
import { standardizeName } from "./classifierModel.ts";
import { isLossNan } from "./earlyEnd.ts";
import { featureSource, imageFeatures } from "./imageFeatures.ts";
import { channelMoments } from "./moments.ts";
import type { PhaseClock } from "./phaseClock.ts";
import { pictureSource } from "./pictureSource.ts";
import { type PreparedData, withoutUnreadable } from "./prepareData.ts";
import type { TrainingHooks, TrainingRequest } from "./training.ts";

/** What the training of a head works with. */
export interface HeadTraining {
  readonly request: TrainingRequest;
  readonly engine: Engine;
  readonly store: FeatureStore;
  readonly base: BaseNetwork;
  readonly model: Sequential;
  readonly found: PreparedData;
  readonly warn: (text: string) => void;
  readonly clock: PhaseClock;
}

export interface TrainedHead extends PreparedData {
  readonly model: Sequential;
  readonly table: FeatureTable;
  /** Of the finished epochs. */
  readonly history: History;
  /** Why training stopped early, with the weights of the last good epoch kept. */
  readonly failure?: PermafrostError;
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly cut: string;
}

/** Rates that suit a head on standardised features; Keras's own where nothing better is known. */
const usualLearningRate: Readonly<Record<string, number>> = {
  adam: 3e-3,
  adamw: 3e-3,
  rmsprop: 1e-3,
  sgd: 1e-2,
};

/** Nobody who leaves it alone on a few pictures needs to hear of it. */
const usualBatchSize = 32;

/** Computes or finds the features of all images, then trains the layers above the cut on them. */
export async function trainHead(training: HeadTraining, hooks: TrainingHooks): Promise<TrainedHead> {
  const { engine, store, base, model, clock, warn } = training;
  const { prefix, reason } = classifierGraphs(model);
  const extraction = await clock.time("features", () =>
    imageFeatures(training.found.dataset.samples, training.found.digests, {
      ...hooks,
      prefix,
      store,
      preprocessing: base.preprocessing,
      numericsClass: engine.numericsClass,
      workers: engine.workers,
    }),
  );
  for (const text of extraction.warnings) warn(text);
  const { table, forwards } = extraction;
  const data = withoutUnreadable(training.found, extraction.skipped);
  const fitted = await clock.time("train", async () => {
    await standardize(model, table, data);
    return fitHead(training, table, data, hooks);
  });
  return { ...data, model, table, ...fitted, forwards, cut: reason };
}

/** Samples of one split, in the data set's order. */
export function samplesOf(data: PreparedData, split: Split): readonly SplitSample[] {
  return data.dataset.samples.filter((sample) => sample.split === split);
}

/** Gives the standardisation the moments of the training features. */
async function standardize(model: Sequential, table: FeatureTable, data: PreparedData): Promise<void> {
  const layer: Layer = model.getLayer(standardizeName);
  const { mean, variance } = await channelMoments(
    featureSource(table, samplesOf(data, "train"), data.digests),
  );
  layer.setWeights([float32([mean.length], mean), float32([variance.length], variance)]);
}

async function fitHead(
  training: HeadTraining,
  table: FeatureTable,
  data: PreparedData,
  hooks: TrainingHooks,
): Promise<Pick<TrainedHead, "history" | "failure">> {
  const { request, base, model } = training;
  const { epochs, batchSize, optimizer, seed } = request;
  const train = samplesOf(data, "train");
  const validation = samplesOf(data, "validation");
  if (batchSize > Math.max(usualBatchSize, train.length)) training.warn(largeBatch(batchSize, train.length));
  const epochSteps = Math.ceil(train.length / batchSize);
  const initialLearningRate = request.learningRate ?? usualLearningRate[optimizer] ?? 1e-3;
  const compiled = compileModel(model, {
    optimizer: optimizerWithRate(
      optimizer,
      cosineDecay({ initialLearningRate, decaySteps: epochs * epochSteps }),
    ),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  const pictures = (samples: readonly SplitSample[]) => pictureSource(samples, base.preprocessing);
  const sources = new Map([train, validation].map((samples) => [pictures(samples), samples]));
  const [trainSource, validationSource] = [...sources.keys()];
  const finished = new HistoryRecorder({ epochs, steps: epochSteps, verbose: 0 });
  const fitting = fit(compiled, trainSource!, labelsOf(train), {
    epochs,
    batchSize,
    seed,
    callbacks: [reporter(hooks, finished)],
    sampleWeight: Float32Array.from(train, (sample) => sample.weight),
    frozenPart: (_prefix, source) =>
      Promise.resolve(featureSource(table, sources.get(source)!, data.digests)),
    ...(validation.length === 0 ? {} : { validationData: [validationSource!, labelsOf(validation)] }),
    ...(request.classWeight === undefined
      ? {}
      : { classWeight: balancedClassWeights(labelsOf(train), data.dataset.classNames.length) }),
    ...(hooks.onProgress === undefined ? {} : { onProgress: hooks.onProgress }),
    ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
  });
  try {
    return { history: await fitting };
  } catch (failure) {
    if (!isLossNan(failure) || finished.epoch.length === 0) throw failure;
    return { history: finished, failure };
  }
}

function largeBatch(batchSize: number, images: number): string {
  return `--batch-size ${batchSize} is more than the ${images} training images: each epoch is a single step of all of them. A smaller batch size learns faster.`;
}

/** An optimizer by name with everything but the rate as Keras has it. */
function optimizerWithRate(name: string, learningRate: LearningRate): OptimizerConfig {
  const { kind, config } = resolveOptimizer(name);
  return { kind, config: { ...config, learningRate } };
}

export function labelsOf(samples: readonly SplitSample[]): Float32Array {
  return Float32Array.from(samples, (sample) => sample.label);
}

function reporter({ onEpoch }: TrainingHooks, finished: HistoryRecorder): Callback {
  return {
    onEpochEnd(epoch, logs) {
      finished.add(epoch, logs);
      onEpoch?.({ ...logs, epoch: epoch + 1 });
    },
  };
}

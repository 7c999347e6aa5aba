import { balancedClassWeights } from "../data/classWeights.ts";
import type { SplitSample } from "../data/split.ts";
import type { FeatureTable } from "../features/featureTable.ts";
import type { ViewDraws } from "../features/viewDraws.ts";
import { type OptimizerConfig, resolveOptimizer } from "../optimizers/index.ts";
import { cosineDecay } from "../optimizers/schedules/cosineDecay.ts";
import type { LearningRate } from "../optimizers/schedules/schedule.ts";
import type { BatchSource } from "../training/batchSource.ts";
import type { Callback } from "../training/callback.ts";
import { type Compiled, compileModel } from "../training/compile.ts";
import { fit } from "../training/fit.ts";
import type { FitOptions } from "../training/fitOptions.ts";
import { HistoryRecorder } from "../training/history.ts";
import { isLossNan } from "./earlyEnd.ts";
import { type HeadTraining, labelsOf, samplesOf, type TrainedHead } from "./headTraining.ts";
import { featureSource } from "./imageFeatures.ts";
import { lastGoodWeights } from "./lastGoodWeights.ts";
import { pictureSource } from "./pictureSource.ts";
import type { PreparedData } from "./prepareData.ts";
import type { TrainingHooks, TrainingRequest } from "./training.ts";

/** What a head is fitted on. */
export interface FitData extends PreparedData {
  /** Features of the images as they are. */
  readonly table: FeatureTable;
  /** The draws under which training images are seen; undefined: as they are. */
  readonly draws: ViewDraws | undefined;
  /** Features of the training images under their draws. */
  readonly drawn: BatchSource | undefined;
}

/** Rates that suit a head on standardised features; Keras's own where nothing better is known. */
const usualLearningRate: Readonly<Record<string, number>> = {
  adam: 3e-3,
  adamw: 3e-3,
  rmsprop: 1e-3,
  sgd: 1e-2,
};

/** Trains the layers above the cut. A loss that is no number ends it with the weights of the last good epoch. */
export async function fitHead(
  training: HeadTraining,
  data: FitData,
  hooks: TrainingHooks,
): Promise<Pick<TrainedHead, "history" | "failure">> {
  const { epochs, batchSize, seed } = training.request;
  const train = samplesOf(data, "train");
  const epochSteps = Math.ceil(train.length / batchSize);
  const finished = new HistoryRecorder({ epochs, steps: epochSteps, verbose: 0 });
  const { x, options } = sourcesOf(training, data, train);
  const backup = training.run?.backup(data, ({ nextEpoch, history }) => {
    finished.restore(history);
    hooks.onResume?.(nextEpoch);
  });
  const fitting = fit(compiledHead(training, epochs * epochSteps), x, labelsOf(train), {
    epochs,
    batchSize,
    seed,
    callbacks: [
      lastGoodWeights(training.model, epochs),
      reporter(hooks, finished),
      training.callback,
      backup,
    ].filter((each) => each !== undefined),
    sampleWeight: Float32Array.from(train, (sample) => sample.weight),
    ...options,
    ...(training.request.classWeight === undefined
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

/** The rate that the training begins with; it falls to 0 along a cosine. */
export function initialRate({ learningRate, optimizer }: TrainingRequest): number {
  return learningRate ?? usualLearningRate[optimizer] ?? 1e-3;
}

function compiledHead({ request, model }: HeadTraining, decaySteps: number): Compiled {
  const { optimizer } = request;
  const initialLearningRate = initialRate(request);
  return compileModel(model, {
    optimizer: optimizerWithRate(optimizer, cosineDecay({ initialLearningRate, decaySteps })),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
}

/** The pictures, and where `fit` finds what the frozen part makes of them. */
function sourcesOf(
  { base, plainly = false }: HeadTraining,
  data: FitData,
  train: readonly SplitSample[],
): { readonly x: BatchSource; readonly options: FitOptions } {
  const { table, digests, draws, drawn } = data;
  const validation = samplesOf(data, "validation");
  const x = pictureSource(train, base.preprocessing, draws && { draws, digests });
  const validationPictures = pictureSource(validation, base.preprocessing);
  const stored = (source: BatchSource): BatchSource =>
    source === x
      ? (drawn ?? featureSource(table, train, digests))
      : featureSource(table, validation, digests);
  return {
    x,
    options: {
      ...(validation.length === 0 ? {} : { validationData: [validationPictures, labelsOf(validation)] }),
      ...(plainly
        ? { oncePerSample: false }
        : { frozenPart: (_prefix, source) => Promise.resolve(stored(source)) }),
    },
  };
}

/** An optimizer by name with everything but the rate as Keras has it. */
function optimizerWithRate(name: string, learningRate: LearningRate): OptimizerConfig {
  const { kind, config } = resolveOptimizer(name);
  return { kind, config: { ...config, learningRate } };
}

function reporter({ onEpoch }: TrainingHooks, finished: HistoryRecorder): Callback {
  return {
    onEpochEnd(epoch, logs) {
      finished.add(epoch, logs);
      onEpoch?.({ ...logs, epoch: epoch + 1 });
    },
  };
}

import { weightsDigest } from "../../models/weights.ts";
import type { Callback } from "../../training/callbacks/callback.ts";
import type { Compiled } from "../../training/compiled/compile.ts";
import { FrozenWatch } from "../../training/compiled/frozenWeights.ts";
import { HistoryRecorder } from "../../training/measuring/history.ts";
import { fit } from "../../training/runs/fit.ts";
import type { FitOptions } from "../../training/runs/fitOptions.ts";
import type { ModelTargets } from "../../training/samples/labelSamples.ts";
import type { ModelInputs } from "../../training/samples/modelInputs.ts";
import type { PreparedData } from "../data/prepareData.ts";
import { layersOfPaths, type PhaseStart, ratesOfLayers } from "../request/phaseRecord.ts";
import type { TrainingHooks } from "../request/training.ts";
import { isLossNan } from "./earlyEnd.ts";
import type { HeadTraining, TrainedHead } from "./headTraining.ts";
import { lastGoodWeights } from "./lastGoodWeights.ts";

/** What a phase is fitted with. */
export interface PhaseFit {
  readonly compiled: Compiled;
  readonly x: ModelInputs;
  readonly y: ModelTargets;
  readonly options: FitOptions;
  /** Where the cut is and why. */
  readonly cut: string;
  /** Steps of an epoch. */
  readonly steps: number;
  /** All images that it trains and measures on: a checkpoint belongs to them. */
  readonly data: PreparedData;
}

/**
 * Fits a phase, with a checkpoint to go on from, a record of what was trained and the digests of what was not. A loss that is
 * no number ends it with the weights of the last good epoch, if there is one.
 */
export async function fitPhase(
  training: HeadTraining,
  { compiled, x, y, options, cut, steps, data }: PhaseFit,
  hooks: TrainingHooks,
): Promise<Pick<TrainedHead, "history" | "failure" | "record">> {
  const { request, phase, base } = training;
  const { firstEpoch } = phase;
  const epochs = firstEpoch + phase.epochs;
  const finished = new HistoryRecorder({ epochs, steps, verbose: 0 });
  const backup = training.run?.backup(data, phase, ({ nextEpoch, history }) => {
    finished.restore(history);
    hooks.onResume?.(nextEpoch);
  });
  const start = phaseStart(training, compiled, cut);
  hooks.onPhase?.(start);
  const frozenWatch = new FrozenWatch(compiled);
  const before = weightsDigest(base);
  const callbacks = [lastGoodWeights(compiled, epochs), reporter(hooks, finished), training.callback, backup];
  const fitting = fit(compiled, x, y, {
    epochs,
    initialEpoch: firstEpoch,
    batchSize: request.batchSize,
    seed: request.seed,
    callbacks: callbacks.filter((each) => each !== undefined),
    frozenWatch,
    ...options,
    ...(hooks.onProgress === undefined ? {} : { onProgress: hooks.onProgress }),
    ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
  });
  const outcome = await fitting.then(
    (history) => ({ history, frozen: history.frozen }),
    (failure: unknown) => {
      // A phase behind another one has that one's weights to keep.
      if (!isLossNan(failure) || finished.epoch.length + firstEpoch === 0) throw failure;
      return { history: finished, failure, frozen: undefined };
    },
  );
  const { frozen = frozenWatch.check(), ...rest } = outcome;
  return { ...rest, record: { ...start, frozen, base: { before, after: weightsDigest(base) } } };
}

/** With the list of layers from what the optimizer is given. */
export function phaseStart(
  { phase }: Pick<HeadTraining, "phase">,
  { trained, rates }: Compiled,
  cut: string,
): PhaseStart {
  const { name, firstEpoch, epochs, learningRate } = phase;
  return {
    name,
    firstEpoch: firstEpoch + 1,
    epochs,
    learningRate,
    trained: layersOfPaths(trained.keys()),
    trainedParameters: [...trained.values()].reduce((sum, { size }) => sum + size, 0),
    ...ratesOfLayers(rates),
    cut,
  };
}

/** Tells of each epoch and notes it. */
function reporter({ onEpoch }: TrainingHooks, finished: HistoryRecorder): Callback {
  return {
    onEpochEnd(epoch, logs) {
      finished.add(epoch, logs);
      onEpoch?.({ ...logs, epoch: epoch + 1 });
    },
  };
}

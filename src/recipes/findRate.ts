import { PermafrostError } from "../base/errors.ts";
import type { Skipped } from "../data/dataset.ts";
import { Engine } from "../engine/engine.ts";
import { FeatureStore } from "../features/store.ts";
import { RateTest, type RateTestOptions, type RateTestResult } from "../training/callbacks/rateTest.ts";
import { classifierModel } from "./classifier/classifierModel.ts";
import { headLayers } from "./classifier/headLayers.ts";
import { openBase } from "./classifier/openBase.ts";
import { startFromPriors } from "./data/labelPriors.ts";
import { type PreparedData, prepareData } from "./data/prepareData.ts";
import { samplesOf } from "./phases/headTraining.ts";
import { trainPhases } from "./phases/trainPhases.ts";
import type { ForwardCounts, Recomputation } from "./request/forwardCounts.ts";
import { PhaseClock } from "./request/phaseClock.ts";
import type { TrainingHooks, TrainingRequest } from "./request/training.ts";
import { trainingPhases } from "./request/trainingPhases.ts";

export interface RateRequest extends TrainingRequest {
  /** Which rates are tried. */
  readonly test: RateTestOptions;
}

/** What a range test has found: plain data, the line of `find-rate --json`. */
export interface FoundRate extends RateTestResult {
  readonly base: string;
  readonly head: string;
  readonly optimizer: string;
  readonly batchSize: number;
  /** The layers that were trained. */
  readonly trained: readonly string[];
  readonly trainImages: number;
  readonly forwards: ForwardCounts;
  readonly recomputed: readonly Recomputation[];
  readonly skipped: readonly Skipped[];
  readonly seconds: Readonly<Record<string, number>>;
}

/**
 * Finds a learning rate for what `trainClassifier` would train, on the training images alone. Features come from the store, so
 * that a second test, or the training itself, runs nothing of the frozen base. Nothing is written but features.
 *
 * @throws PermafrostError as `trainClassifier` for data and names; INVALID_ARGUMENT for rates that do not rise.
 */
export async function findRate(request: RateRequest, hooks: TrainingHooks = {}): Promise<FoundRate> {
  checkOneTraining(request);
  const { onProgress } = hooks;
  const test = new RateTest({ ...request.test, ...(onProgress === undefined ? {} : { onProgress }) });
  const clock = new PhaseClock();
  await using engine = await clock.time("start", () => Engine.start());
  const base = await clock.time("start", () => openBase(request, hooks));
  const store = await FeatureStore.open(request.store);
  const warn = (text: string) => hooks.onWarning?.(text);
  for (const text of store.warnings) warn(text);
  const all = await prepareData(request, hooks, clock);
  const found = onlyTraining(all);
  const epochSteps = Math.ceil(found.dataset.samples.length / request.batchSize);
  const sized = { ...request, epochs: Math.max(1, Math.ceil(test.steps / epochSteps)) };
  const model = classifierModel(
    base,
    headLayers(request.head, all.dataset.classNames.length, all.dataset.task),
    sized,
  );
  startFromPriors(model, all.dataset);
  const parts = { request: sized, engine, store, base, model, found, warn, clock, callback: test };
  const trained = await trainPhases(parts, trainingPhases(sized, base), withoutSteps(hooks));
  trained.features.close();
  return {
    ...test.result,
    base: request.base,
    head: request.head,
    optimizer: request.optimizer,
    batchSize: request.batchSize,
    trained: trained.phases[0]!.trained,
    trainImages: samplesOf(trained, "train").length,
    forwards: trained.forwards,
    recomputed: trained.recomputed,
    skipped: [...all.dataset.skipped, ...trained.dataset.skipped.slice(all.dataset.skipped.length)],
    seconds: clock.seconds,
  };
}

/** Nothing is measured beside the loss of the training steps. */
function onlyTraining({ dataset, digests }: PreparedData): PreparedData {
  const samples = dataset.samples.filter(({ split }) => split === "train");
  return { dataset: { ...dataset, samples }, digests };
}

/** The test tells of its own steps. */
function withoutSteps({ onProgress, onEpoch: _epochs, ...hooks }: TrainingHooks): TrainingHooks {
  if (onProgress === undefined) return hooks;
  return { ...hooks, onProgress: (event) => (event.phase === "train" ? undefined : onProgress(event)) };
}

function checkOneTraining({ recipe, learningRate }: RateRequest): void {
  if (recipe !== undefined) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `find-rate: --recipe ${recipe} has several phases with a rate each; expected one of them. Leave it out for the head's rate, or give --unfreeze for that of a part of the base.`,
    );
  }
  if (learningRate !== undefined) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `find-rate: it tries the rates from --lowest to --highest; expected no --learning-rate, got ${learningRate}. Leave it out.`,
    );
  }
}

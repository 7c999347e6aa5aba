import type { BaseNetwork } from "../../applications/index.ts";
import { freezeBelow } from "../../applications/unfreeze.ts";
import type { Digest } from "../../base/digest.ts";
import { PermafrostError } from "../../base/errors.ts";
import { Random } from "../../base/random.ts";
import type { Skipped } from "../../data/dataset.ts";
import { weightsDigest } from "../../models/weights.ts";
import { classifierGraphs, splitClassifier } from "../classifier/classifierGraphs.ts";
import { classifierModel } from "../classifier/classifierModel.ts";
import { headLayers } from "../classifier/headLayers.ts";
import { openBase } from "../classifier/openBase.ts";
import { startFromPriors } from "../data/labelPriors.ts";
import { type PreparedData, withoutUnreadable } from "../data/prepareData.ts";
import { storedFeatures } from "../features/cutFeatures.ts";
import { drawnFeatures, type TrainingOrder } from "../features/drawnFeatures.ts";
import { imageFeatures } from "../features/imageFeatures.ts";
import { fitHead } from "../phases/fitHead.ts";
import { type FitData, type HeadTraining, samplesOf } from "../phases/headTraining.ts";
import { extractionOptions } from "../phases/imagesAtCut.ts";
import { standardize } from "../phases/standardize.ts";
import { viewDraws } from "../request/augmentation.ts";
import type { PhaseRecord } from "../request/phaseRecord.ts";
import type { TrainingHooks, TrainingRequest } from "../request/training.ts";
import { isFromNothing, type TrainingPhase, trainingPhases } from "../request/trainingPhases.ts";
import { type FeatureDifference, featureDifference } from "./featureDifference.ts";
import { Lockstep, type StepDifference, type Way } from "./lockstep.ts";

/** What came of one comparison of the plain and the stored way. */
export interface WaysComparison {
  readonly batchSize: number;
  readonly images: number;
  /** Steps compared. */
  readonly steps: number;
  /** Samples in the last step of an epoch. */
  readonly lastBatch: number;
  readonly same: boolean;
  /** Loss of each step, of the plain way. */
  readonly losses: readonly number[];
  /** Layers whose weights the optimizer changed. */
  readonly trained: readonly string[];
  /** SHA-256 over all weights of the model after the last step. */
  readonly weights: Readonly<Record<Way, Digest>>;
  /** Whether all frozen weights are the same after training as before, both ways. */
  readonly frozenUnchanged: boolean;
  /** The first number that is not the same. */
  readonly difference?: StepDifference;
  /** A stored feature that the step used and that is not what the base network gives now. */
  readonly feature?: FeatureDifference;
  /** Of the stored way. */
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly skipped: readonly Skipped[];
}

type ComparisonParts = Omit<HeadTraining, "base" | "model" | "phase" | "run" | "callback" | "plainly"> & {
  readonly request: TrainingRequest & { readonly steps?: number };
};

const usualSteps = 50;

/** Trains the plain and the stored way at once and compares them after every step. */
export async function compareWays(parts: ComparisonParts, hooks: TrainingHooks): Promise<WaysComparison> {
  const plain = await newTraining(parts, hooks);
  const stored = await newTraining(parts, hooks);
  const views = await prepareViews(parts, stored, hooks);
  try {
    const { data, order, steps } = views;
    const { phase, base } = stored;
    const isUntrained = phase.unfrozenFrom !== undefined && isFromNothing(parts.request, base);
    for (const { model } of [plain, stored]) {
      await standardize(model, views.baseFeatures, data, isUntrained);
    }
    const { lockstep, records } = await runBoth({ plain, stored }, views, hooks);
    const { difference } = lockstep;
    const feature =
      difference &&
      (await featureDifference({ ...stored, prefix: views.prefix, data, order }, difference.step));
    const weights = { plain: weightsDigest(plain.model), stored: weightsDigest(stored.model) };
    const frozenUnchanged = records.every(({ frozen }) => frozen.before === frozen.after);
    const images = samplesOf(data, "train").length;
    return {
      batchSize: order.batchSize,
      images,
      steps: lockstep.steps,
      lastBatch: images - (Math.ceil(images / order.batchSize) - 1) * order.batchSize,
      same:
        lockstep.steps === steps &&
        difference === undefined &&
        weights.plain === weights.stored &&
        frozenUnchanged,
      losses: lockstep.losses,
      trained: records[0].trained,
      weights,
      frozenUnchanged,
      ...(difference === undefined ? {} : { difference }),
      ...(feature === undefined ? {} : { feature }),
      ...views.outcome(),
    };
  } finally {
    await views.close();
  }
}

/** A model of its own for each way, with the same initial weights. */
async function newTraining(parts: ComparisonParts, hooks: TrainingHooks): Promise<HeadTraining> {
  const { request, found } = parts;
  const base: BaseNetwork = await openBase(request, hooks);
  const layers = headLayers(request.head, found.dataset.classNames.length, found.dataset.task);
  const phase = trainingPhases(request, base).at(-1)!;
  const model = classifierModel(base, layers, request);
  startFromPriors(model, found.dataset);
  freezeBelow(base, phase.unfrozenFrom);
  return { ...parts, base, model, phase };
}

type Views = Awaited<ReturnType<typeof prepareViews>>;

/** The images to compare on, and what the stored way reads of them. */
async function prepareViews(parts: ComparisonParts, training: HeadTraining, hooks: TrainingHooks) {
  const { request } = parts;
  const { base, model, phase } = training;
  const { batchSize, seed } = request;
  const { prefix, reason: cut } = splitClassifier(model);
  if (request.mixing !== undefined)
    throw nothingStored("--mixup and --cutmix mix pictures anew in every step");
  if (request.joint !== undefined)
    throw nothingStored("--joint reconstructs pictures, which pass the encoder in every step");
  if (prefix === undefined || request.compat !== undefined) throw nothingFrozen(phase);
  const options = extractionOptions(training, hooks, prefix);
  const chosen = chooseImages(parts.found, batchSize * (request.steps ?? usualSteps), batchSize, seed);
  const { table, ...summary } = await imageFeatures(chosen.dataset.samples, chosen.digests, options);
  for (const text of summary.warnings) parts.warn(text);
  const known = withoutUnreadable(chosen, summary.skipped);
  const samples = samplesOf(known, "train");
  if (samples.length === 0) throw nothingToVerify(request.data);
  const epochSteps = Math.ceil(samples.length / batchSize);
  const steps = request.steps ?? Math.min(usualSteps, epochSteps);
  const order: TrainingOrder = { epochs: Math.ceil(steps / epochSteps), batchSize, seed };
  const draws = viewDraws(request.augmentation, base.preprocessing);
  const drawn = draws && (await drawnFeatures({ samples, digests: known.digests }, draws, order, options));
  const features = storedFeatures(table, known.digests);
  const data: FitData = { ...known, features, cut, draws, drawn: drawn?.source };
  const baseTable = await frozenBaseTable(training, known, hooks);
  return {
    prefix,
    /** What the frozen base makes of the images: the head is standardised by it. */
    baseFeatures: baseTable === undefined ? features : storedFeatures(baseTable, known.digests),
    data,
    order,
    steps,
    outcome() {
      const all = drawn === undefined ? [summary] : [summary, drawn.summary()];
      const total = (kind: "computed" | "reused") =>
        all.reduce((sum, { forwards }) => sum + forwards[kind], 0);
      const forwards = { computed: total("computed"), reused: total("reused") };
      return { forwards, skipped: all.flatMap(({ skipped }) => skipped) };
    },
    async close() {
      await drawn?.close();
      table.close();
      baseTable?.close();
    },
  };
}

/** Features of the whole base as it is; undefined where they are those of the cut. */
async function frozenBaseTable(
  training: HeadTraining,
  { dataset, digests }: PreparedData,
  hooks: TrainingHooks,
) {
  const { base, model, phase } = training;
  if (phase.unfrozenFrom === undefined) return undefined;
  freezeBelow(base, undefined);
  const { prefix } = classifierGraphs(model);
  freezeBelow(base, phase.unfrozenFrom);
  const { table } = await imageFeatures(dataset.samples, digests, extractionOptions(training, hooks, prefix));
  return table;
}

/**
 * Some of the training images, so many that an epoch ends with a step of fewer samples wherever that is possible.
 *
 * @param most - As many as the steps to compare can use.
 */
function chooseImages(found: PreparedData, most: number, batchSize: number, seed: number): PreparedData {
  const samples = samplesOf(found, "train");
  const count = Math.min(samples.length, most);
  const ragged = count % batchSize === 0 && batchSize > 1 && count > batchSize ? count - 1 : count;
  const chosen = [...new Random(seed, "verify").permutation(samples.length).subarray(0, ragged)].sort(
    (a, b) => a - b,
  );
  const dataset = { ...found.dataset, samples: chosen.map((index) => samples[index]!) };
  return { dataset, digests: found.digests };
}

async function runBoth(
  { plain, stored }: Readonly<Record<Way, HeadTraining>>,
  { data, order, steps }: Views,
  hooks: TrainingHooks,
): Promise<{ readonly lockstep: Lockstep; readonly records: readonly [PhaseRecord, PhaseRecord] }> {
  const lockstep = new Lockstep(steps, (done) =>
    hooks.onProgress?.({ phase: "verify", done, total: steps, unit: "steps" }),
  );
  const work: TrainingHooks = hooks.signal === undefined ? {} : { signal: hooks.signal };
  const run = async (training: HeadTraining, way: Way): Promise<PhaseRecord> => {
    const phase: TrainingPhase = { ...training.phase, firstEpoch: 0, epochs: order.epochs };
    const callback = lockstep.callback(way);
    try {
      const { failure, record } = await fitHead(
        { ...training, phase, plainly: way === "plain", callback },
        data,
        work,
      );
      if (failure !== undefined) throw failure;
      return record;
    } catch (error) {
      lockstep.fail(error);
      throw error;
    }
  };
  // Both have ended before anything is closed; the first error is the cause of the other one.
  const runs = [run(plain, "plain"), run(stored, "stored")] as const;
  await Promise.allSettled(runs);
  if (lockstep.failure !== undefined) throw lockstep.failure.error;
  return { lockstep, records: await Promise.all(runs) };
}

function nothingFrozen({ name }: TrainingPhase): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `verify: expected a part of the base that is frozen, but all of it is trained (${name === "all" ? "--unfreeze all, as --encoder has it" : "--compat keras-2.0.8"}): nothing is stored, and there is only the plain way. Unfreeze less of it.`,
  );
}

function nothingStored(why: string): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `verify: ${why}: nothing is stored, and there is only the plain way. Leave it out.`,
  );
}

function nothingToVerify(data: string): PermafrostError {
  return new PermafrostError(
    "DATA_EMPTY",
    `${data}: expected at least one readable training image, got none.`,
  );
}

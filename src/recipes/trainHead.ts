import { PermafrostError } from "../base/errors.ts";
import type { Skipped } from "../data/dataset.ts";
import { type ExtractionSummary, extractFeatures } from "../features/extract.ts";
import type { FeatureTable } from "../features/featureTable.ts";
import type { ViewDraws } from "../features/viewDraws.ts";
import type { Layer } from "../layers/layer.ts";
import type { Sequential } from "../models/sequential.ts";
import { float32 } from "../tensor/tensor.ts";
import { augmentationWarnings, viewDraws } from "./augmentation.ts";
import { classifierGraphs } from "./classifierGraphs.ts";
import { standardizeName } from "./classifierModel.ts";
import { drawnFeatures, viewsOfEpoch } from "./drawnFeatures.ts";
import { fitHead } from "./fitHead.ts";
import { ForwardLog } from "./forwardLog.ts";
import { type HeadTraining, samplesOf, type TrainedHead } from "./headTraining.ts";
import { featureSource, type ImageFeatureOptions, imageFeatures } from "./imageFeatures.ts";
import { keepFeatures, keptInMemory } from "./keepFeatures.ts";
import { channelMoments } from "./moments.ts";
import { type PreparedData, withoutUnreadable } from "./prepareData.ts";
import type { TrainingHooks } from "./training.ts";

/**
 * Computes or finds the features of all images, then trains the layers above the cut on them. Images under draws follow: all
 * before training where their number is limited, else while it runs.
 */
export async function trainHead(training: HeadTraining, hooks: TrainingHooks): Promise<TrainedHead> {
  const { engine, store, base, model, clock, request, warn } = training;
  const { prefix, reason } = classifierGraphs(model);
  const wanted: ImageFeatureOptions = {
    ...hooks,
    prefix,
    store,
    base: request.base,
    ...(request.storeDtype === undefined ? {} : { storeDtype: request.storeDtype }),
    preprocessing: base.preprocessing,
    numericsClass: engine.numericsClass,
    workers: engine.workers,
  };
  for (const text of augmentationWarnings(request.augmentation)) warn(text);
  const draws = viewDraws(request.augmentation, base.preprocessing);
  const keep = await keepFeatures(training, wanted, draws);
  if (keep === "memory") warn(keptInMemory);
  const options = { ...wanted, keep };
  const { samples } = training.found.dataset;
  const log = await ForwardLog.open(store);
  const { table, ...plain } = await clock.time("features", () =>
    imageFeatures(samples, training.found.digests, options),
  );
  for (const text of plain.warnings) warn(text);
  await log.addImages(plain);
  const data = withoutUnreadable(training.found, plain.skipped);
  warnLargeBatch(training, samplesOf(data, "train").length);
  const trained = await trainOnDraws({ training, hooks, table, draws, options, log }, data);
  return { ...trained, model, table, ...log.outcome(trained.dataset.samples, request.epochs), cut: reason };
}

interface DrawnTraining {
  readonly training: HeadTraining;
  readonly hooks: TrainingHooks;
  readonly table: FeatureTable;
  readonly draws: ViewDraws | undefined;
  readonly options: ImageFeatureOptions;
  readonly log: ForwardLog;
}

type Fitted = PreparedData & Pick<TrainedHead, "history" | "failure">;

/** Trains; when images turn out to be unreadable under way, they are left out and training begins again. */
async function trainOnDraws(work: DrawnTraining, found: PreparedData): Promise<Fitted> {
  const { model, warn } = work.training;
  const head = model.layers.slice(1);
  const initial = head.map((layer) => layer.getWeights());
  let data = found;
  for (;;) {
    const outcome = await attempt(work, data);
    if (!("lost" in outcome)) return { ...data, ...outcome };
    data = withoutUnreadable(data, outcome.lost);
    for (const [index, layer] of head.entries()) layer.setWeights(initial[index]!);
    warn(
      `${outcome.lost.length} images could not be read any more, for example ${outcome.lost[0]!.path}: ${outcome.lost[0]!.reason}. ` +
        "They are left out, and training begins again without them; features computed so far are used again.",
    );
  }
}

/** One training from the initial weights, or the images without which it has to begin again. */
async function attempt(
  work: DrawnTraining,
  data: PreparedData,
): Promise<Pick<TrainedHead, "history" | "failure"> | { readonly lost: readonly Skipped[] }> {
  const { training, hooks, table, draws, options } = work;
  const { clock, model, request } = training;
  await clock.time("train", () => standardize(model, table, data));
  const isPlain = training.plainly === true || draws === undefined;
  const images = { samples: samplesOf(data, "train"), digests: data.digests };
  const drawn = isPlain
    ? undefined
    : await clock.time("features", () => drawnFeatures(images, draws, request, options));
  let epochs = 0;
  const counting: TrainingHooks = {
    ...hooks,
    onEpoch: (logs) => {
      epochs++;
      hooks.onEpoch?.(logs);
    },
    onResume: (finished) => {
      epochs = finished;
      hooks.onResume?.(finished);
    },
  };
  try {
    const skipped = drawn?.summary().skipped ?? [];
    if (skipped.length > 0) return { lost: skipped };
    const fitData = { ...data, table, draws, drawn: drawn?.source };
    return await clock.time("train", () => fitHead(training, fitData, counting));
  } catch (error) {
    const lost = unreadable(error);
    if (lost === undefined || draws === undefined) throw error;
    await drawn?.close();
    const { table: rest, ...others } = await clock.time("features", () =>
      extractFeatures({ ...options, draws: draws.settings, views: viewsOfEpoch(images, draws, epochs) }),
    );
    rest.close();
    await noteDrawn(work, others);
    return { lost: distinct([...lost, ...others.skipped]) };
  } finally {
    await drawn?.close();
    if (drawn !== undefined) await noteDrawn(work, drawn.summary());
  }
}

async function noteDrawn({ log, training }: DrawnTraining, summary: ExtractionSummary): Promise<void> {
  const { augmentation } = training.request;
  for (const text of summary.warnings) training.warn(text);
  if (augmentation !== undefined) await log.addDrawn(summary, augmentation);
}

/** The files that an error names as unusable. */
function unreadable(error: unknown): readonly Skipped[] | undefined {
  if (!(error instanceof PermafrostError) || error.code !== "IMAGE_UNREADABLE") return undefined;
  const { skipped } = error.details;
  return Array.isArray(skipped) && skipped.length > 0 ? skipped : undefined;
}

function distinct(skipped: readonly Skipped[]): readonly Skipped[] {
  return [...new Map(skipped.map((each) => [each.path, each])).values()];
}

/** Gives the standardisation the moments of the training features. */
export async function standardize(model: Sequential, table: FeatureTable, data: PreparedData): Promise<void> {
  const layer: Layer = model.getLayer(standardizeName);
  const { mean, variance } = await channelMoments(
    featureSource(table, samplesOf(data, "train"), data.digests),
  );
  layer.setWeights([float32([mean.length], mean), float32([variance.length], variance)]);
}

/** Nobody who leaves the batch size alone on a few pictures needs to hear of it. */
const usualBatchSize = 32;

function warnLargeBatch({ request: { batchSize }, warn }: HeadTraining, images: number): void {
  if (batchSize <= Math.max(usualBatchSize, images)) return;
  warn(
    `--batch-size ${batchSize} is more than the ${images} training images: each epoch is a single step of all of them. A smaller batch size learns faster.`,
  );
}

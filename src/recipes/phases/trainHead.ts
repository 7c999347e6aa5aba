import { PermafrostError } from "../../base/errors.ts";
import type { Skipped } from "../../data/dataset.ts";
import { type ExtractionSummary, extractFeatures } from "../../features/extract.ts";
import type { ViewDraws } from "../../features/viewDraws.ts";
import { trainedWeights } from "../../training/compiled/trainedWeights.ts";
import { type PreparedData, withoutUnreadable } from "../data/prepareData.ts";
import type { CutFeatures } from "../features/cutFeatures.ts";
import { drawnFeatures, viewsOfEpoch } from "../features/drawnFeatures.ts";
import type { ForwardLog } from "../features/forwardLog.ts";
import type { ImageFeatureOptions } from "../features/imageFeatures.ts";
import { viewDraws } from "../request/augmentation.ts";
import type { TrainingHooks } from "../request/training.ts";
import { fitHead } from "./fitHead.ts";
import { type HeadTraining, samplesOf, type TrainedHead } from "./headTraining.ts";
import { imagesAtCut } from "./imagesAtCut.ts";
import { standardize } from "./standardize.ts";

/**
 * One phase: computes or finds the features of all images at its cut, then trains the layers behind the cut on them. Images
 * under draws follow: all before training where their number is limited, else while it runs. Where nothing is frozen, the
 * pictures themselves flow through the network in every epoch.
 */
export async function trainHead(
  training: HeadTraining,
  hooks: TrainingHooks,
  log: ForwardLog,
): Promise<TrainedHead> {
  const { base, model, request, phase } = training;
  const draws = viewDraws(request.augmentation, base.preprocessing);
  const images = await imagesAtCut(training, hooks, log, draws);
  const { features, options, cut } = images;
  if (phase.firstEpoch === 0) warnLargeBatch(training, samplesOf(images, "train").length);
  const trained = await trainOnDraws({ training, hooks, features, draws, options, cut, log }, images);
  if (options === undefined) log.addPlain(trained.dataset.samples, trained.history.epoch.length);
  const changed = [...trainedWeights(model, request.compat).values()];
  return { ...trained, model, features, changed, readsPictures: options === undefined };
}

interface DrawnTraining {
  readonly training: HeadTraining;
  readonly hooks: TrainingHooks;
  readonly features: CutFeatures;
  readonly draws: ViewDraws | undefined;
  /** Left out: nothing is frozen. */
  readonly options: ImageFeatureOptions | undefined;
  readonly cut: string;
  readonly log: ForwardLog;
}

type Fitted = PreparedData & Pick<TrainedHead, "history" | "failure" | "record">;

/** Trains; when images turn out to be unreadable under way, they are left out and the phase begins again. */
async function trainOnDraws(work: DrawnTraining, found: PreparedData): Promise<Fitted> {
  const { model, warn } = work.training;
  const initial = model.getWeights();
  let data = found;
  for (;;) {
    const outcome = await attempt(work, data);
    if (!("lost" in outcome)) return { ...data, ...outcome };
    data = withoutUnreadable(data, outcome.lost);
    model.setWeights(initial);
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
): Promise<Omit<Fitted, keyof PreparedData> | { readonly lost: readonly Skipped[] }> {
  const { training, hooks, features, draws, options, cut } = work;
  const { clock, model, request, phase } = training;
  // Once layers of the base have been trained, the head goes on from the numbers that it has learned with.
  if (phase.unfrozenFrom === undefined && options !== undefined) {
    await clock.time("train", () => standardize(model, features, data));
  }
  const images = { samples: samplesOf(data, "train"), digests: data.digests };
  const { firstEpoch, epochs } = phase;
  const order = { ...request, firstEpoch, epochs: firstEpoch + epochs };
  const drawn =
    draws === undefined || options === undefined || training.plainly === true
      ? undefined
      : await clock.time("features", () => drawnFeatures(images, draws, order, options));
  let epoch = firstEpoch;
  const counting: TrainingHooks = {
    ...hooks,
    onEpoch: (logs) => {
      epoch++;
      hooks.onEpoch?.(logs);
    },
    onResume: (finished) => {
      epoch = finished;
      hooks.onResume?.(finished);
    },
  };
  try {
    const skipped = drawn?.summary().skipped ?? [];
    if (skipped.length > 0) return { lost: skipped };
    const fitData = { ...data, features, cut, draws, drawn: drawn?.source };
    return await clock.time("train", () => fitHead(training, fitData, counting));
  } catch (error) {
    const lost = unreadable(error);
    if (lost === undefined || draws === undefined || options === undefined) throw error;
    await drawn?.close();
    const { table: rest, ...others } = await clock.time("features", () =>
      extractFeatures({ ...options, draws: draws.settings, views: viewsOfEpoch(images, draws, epoch) }),
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

/** Nobody who leaves the batch size alone on a few pictures needs to hear of it. */
const usualBatchSize = 32;

function warnLargeBatch({ request: { batchSize }, warn }: HeadTraining, images: number): void {
  if (batchSize <= Math.max(usualBatchSize, images)) return;
  warn(
    `--batch-size ${batchSize} is more than the ${images} training images: each epoch is a single step of all of them. A smaller batch size learns faster.`,
  );
}

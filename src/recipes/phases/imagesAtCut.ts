import type { ViewDraws } from "../../features/viewDraws.ts";
import type { Graph } from "../../graph/graph.ts";
import { trainedWeights } from "../../training/compiled/trainedWeights.ts";
import { type PreparedData, withoutUnreadable } from "../data/prepareData.ts";
import { type CutFeatures, pictureFeatures, storedFeatures } from "../features/cutFeatures.ts";
import type { ForwardLog } from "../features/forwardLog.ts";
import { type ImageFeatureOptions, imageFeatures } from "../features/imageFeatures.ts";
import type { TrainingHooks } from "../request/training.ts";
import type { HeadTraining } from "./headTraining.ts";
import { keepFeatures, keptInMemory } from "./keepFeatures.ts";
import { trainingSplit } from "./mixing.ts";

/** Images as the layers behind the cut read them; those that could not be read are left out. */
export interface ImagesAtCut extends PreparedData {
  readonly features: CutFeatures;
  /** How views of them are computed; left out: nothing is frozen. */
  readonly options: ImageFeatureOptions | undefined;
  /** Where the cut is and why. */
  readonly cut: string;
}

/** Computes or finds the features of all images, as they are, at the cut of a phase. */
export async function imagesAtCut(
  training: HeadTraining,
  hooks: TrainingHooks,
  log: ForwardLog,
  draws: ViewDraws | undefined,
): Promise<ImagesAtCut> {
  const { base, model, found, request, warn, clock } = training;
  const { prefix, reason } = trainingSplit(model, request, trainedWeights(model, request.compat).values());
  if (prefix === undefined) {
    return { ...found, features: pictureFeatures(base.preprocessing), options: undefined, cut: reason };
  }
  const wanted = extractionOptions(training, hooks, prefix);
  const keep = await keepFeatures(training, wanted, draws);
  if (keep === "memory") warn(keptInMemory);
  const options = { ...wanted, keep };
  const { table, ...summary } = await clock.time("features", () =>
    imageFeatures(found.dataset.samples, found.digests, options),
  );
  for (const text of summary.warnings) warn(text);
  const { phase } = training;
  await log.addImages(summary, phase.unfrozenFrom === undefined ? undefined : newCut(phase.name));
  const data = withoutUnreadable(found, summary.skipped);
  return { ...data, features: storedFeatures(table, data.digests), options, cut: reason };
}

function newCut(part: string): string {
  return `first features at this cut: the base is trained from ${part} on`;
}

/** How the features at a cut are computed. */
export function extractionOptions(
  { engine, store, base, request }: Pick<HeadTraining, "engine" | "store" | "base" | "request">,
  { onProgress, signal }: TrainingHooks,
  prefix: Graph,
): ImageFeatureOptions {
  return {
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
    prefix,
    store,
    base: base.application.commandName,
    ...(request.storeDtype === undefined ? {} : { storeDtype: request.storeDtype }),
    preprocessing: base.preprocessing,
    numericsClass: engine.numericsClass,
    workers: engine.workers,
  };
}

import type { Split } from "../../data/dataset.ts";
import { splits } from "../../data/dataset.ts";
import type { SplitSample } from "../../data/split.ts";
import { Engine } from "../../engine/engine.ts";
import { FeatureStore } from "../../features/store.ts";
import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import { weightsDigest } from "../../models/weights.ts";
import { classifierModel } from "../classifier/classifierModel.ts";
import { headLayers } from "../classifier/headLayers.ts";
import { openBase } from "../classifier/openBase.ts";
import { prepareData } from "../data/prepareData.ts";
import { ForwardLog } from "../features/forwardLog.ts";
import { pooledRows } from "../features/pooledRows.ts";
import { samplesOf } from "../phases/headTraining.ts";
import { imagesAtCut } from "../phases/imagesAtCut.ts";
import type { PhaseClock } from "../request/phaseClock.ts";
import type { TrainingHooks, TrainingRequest } from "../request/training.ts";
import { trainingPhases } from "../request/trainingPhases.ts";

/** What the frozen base makes of the images of each split. */
export interface HeadFeatures {
  readonly classNames: readonly string[];
  readonly splits: Readonly<Partial<Record<Split, SplitFeatures>>>;
  /** Of this request alone: how the features came to be. */
  readonly work: Pick<ReturnType<ForwardLog["outcome"]>, "forwards" | "bytesWritten">;
  readonly base: { readonly before: string; readonly after: string };
  readonly numericsClass: string;
}

export interface SplitFeatures {
  readonly samples: readonly SplitSample[];
  readonly features: FeatureMatrix;
}

/** The features of all images as they are, from the store where they are there: maps become their means. */
export async function headFeatures(
  request: TrainingRequest,
  clock: PhaseClock,
  hooks: TrainingHooks,
): Promise<HeadFeatures> {
  const warn = (text: string) => hooks.onWarning?.(text);
  await using engine = await clock.time("start", () => Engine.start());
  const base = await clock.time("start", () => openBase(request));
  const store = await FeatureStore.open(request.store);
  const found = await prepareData(request, hooks, clock);
  const { classNames, task } = found.dataset;
  const model = classifierModel(base, headLayers("linear", classNames.length, task), request);
  const before = weightsDigest(base);
  const log = await ForwardLog.open(store);
  const phase = trainingPhases(request, base)[0]!;
  const parts = { request, phase, engine, store, base, model, found, warn, clock };
  const images = await imagesAtCut(parts, hooks, log, undefined);
  const all: Partial<Record<Split, SplitFeatures>> = {};
  for (const split of splits) {
    const samples = samplesOf(images, split);
    if (samples.length > 0) all[split] = { samples, features: await pooledRows(images.features.of(samples)) };
  }
  images.features.close();
  const { forwards, bytesWritten } = log.outcome(images.dataset.samples, 1);
  return {
    classNames,
    splits: all,
    work: { forwards, bytesWritten },
    base: { before, after: weightsDigest(base) },
    numericsClass: engine.numericsClass,
  };
}

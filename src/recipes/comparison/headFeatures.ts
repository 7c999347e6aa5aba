import type { Split } from "../../data/dataset.ts";
import { splits } from "../../data/dataset.ts";
import type { SplitSample } from "../../data/split.ts";
import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import { weightsDigest } from "../../models/weights.ts";
import { prepareData } from "../data/prepareData.ts";
import type { ForwardLog } from "../features/forwardLog.ts";
import { pooledRows } from "../features/pooledRows.ts";
import { frozenImages } from "../phases/frozenImages.ts";
import { samplesOf } from "../phases/headTraining.ts";
import type { PhaseClock } from "../request/phaseClock.ts";
import type { TrainingHooks, TrainingRequest } from "../request/training.ts";

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
  const found = await prepareData(request, hooks, clock);
  const images = await frozenImages(request, found, clock, hooks);
  const all: Partial<Record<Split, SplitFeatures>> = {};
  for (const split of splits) {
    const samples = samplesOf(images, split);
    if (samples.length > 0) all[split] = { samples, features: await pooledRows(images.features.of(samples)) };
  }
  images.features.close();
  const { forwards, bytesWritten } = images.log.outcome(images.dataset.samples, 1);
  return {
    classNames: found.dataset.classNames,
    splits: all,
    work: { forwards, bytesWritten },
    base: { before: images.baseBefore, after: weightsDigest(images.base) },
    numericsClass: images.numericsClass,
  };
}

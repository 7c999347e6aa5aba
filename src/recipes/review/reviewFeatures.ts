import type { BaseNetwork } from "../../applications/index.ts";
import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import { type PreparedData, prepareData } from "../data/prepareData.ts";
import { pooledRows } from "../features/pooledRows.ts";
import { frozenImages } from "../phases/frozenImages.ts";
import { PhaseClock } from "../request/phaseClock.ts";
import type { TrainingHooks } from "../request/training.ts";
import { trainingDefaults } from "../request/trainingDefaults.ts";

export interface ReviewDataRequest {
  /** Folder of class folders, folder of splits, or a manifest. */
  readonly data: string;
  /** Name of the base network, or a bundle whose base is taken. */
  readonly base: string;
  readonly validationSplit: number;
  readonly seed: number;
  readonly store: string;
  /** Lists of a training: images that it left out, and other labels. */
  readonly exclude?: string;
  readonly relabel?: string;
}

/** Labelled images and what the frozen base makes of them. */
export interface ReviewData {
  readonly data: PreparedData;
  /** One row a sample, in the data set's order. */
  readonly features: FeatureMatrix;
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly base: BaseNetwork;
  readonly warnings: readonly string[];
}

/** Of a training whose features these are: it is never run. */
const unsaved = { ...trainingDefaults, out: "", embedBase: false, commandLine: "" } as const;

/** The features of all images as they are, those of a training with the same base: from the store where they are there. */
export async function reviewFeatures(request: ReviewDataRequest, hooks: TrainingHooks): Promise<ReviewData> {
  const clock = new PhaseClock();
  const found = await prepareData(request, hooks, clock);
  const warnings: string[] = [];
  const onWarning = (text: string) => {
    warnings.push(text);
    hooks.onWarning?.(text);
  };
  const images = await frozenImages({ ...unsaved, ...request }, found, clock, { ...hooks, onWarning });
  const { dataset, digests, base, log } = images;
  const features = await pooledRows(images.features.of(dataset.samples));
  images.features.close();
  const { computed, reused } = log.outcome(dataset.samples, 1).forwards;
  return { data: { dataset, digests }, features, forwards: { computed, reused }, base, warnings };
}

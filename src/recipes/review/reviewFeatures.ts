import type { BaseNetwork } from "../../applications/index.ts";
import { Engine } from "../../engine/engine.ts";
import { FeatureStore } from "../../features/store.ts";
import type { FeatureMatrix } from "../../heads/featureMatrix.ts";
import { classifierGraphs } from "../classifier/classifierGraphs.ts";
import { classifierModel } from "../classifier/classifierModel.ts";
import { headLayers } from "../classifier/headLayers.ts";
import { openBase } from "../classifier/openBase.ts";
import { type PreparedData, prepareData, withoutUnreadable } from "../data/prepareData.ts";
import { featureSource, imageFeatures } from "../features/imageFeatures.ts";
import { pooledRows } from "../features/pooledRows.ts";
import { PhaseClock } from "../request/phaseClock.ts";
import type { TrainingHooks } from "../request/training.ts";

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

/** The features of all images as they are, those of a training with the same base: from the store where they are there. */
export async function reviewFeatures(request: ReviewDataRequest, hooks: TrainingHooks): Promise<ReviewData> {
  const found = await prepareData(request, hooks, new PhaseClock());
  const base = await openBase(request, hooks);
  const head = headLayers("linear", found.dataset.classNames.length);
  const { prefix } = classifierGraphs(classifierModel(base, head, { seed: request.seed }));
  await using engine = await Engine.start();
  const { table, ...summary } = await imageFeatures(found.dataset.samples, found.digests, {
    ...hooks,
    prefix,
    store: await FeatureStore.open(request.store),
    base: base.application.commandName,
    preprocessing: base.preprocessing,
    numericsClass: engine.numericsClass,
    workers: engine.workers,
  });
  for (const text of summary.warnings) hooks.onWarning?.(text);
  const data = withoutUnreadable(found, summary.skipped);
  const features = await pooledRows(featureSource(table, data.dataset.samples, data.digests));
  table.close();
  return { data, features, forwards: summary.forwards, base, warnings: summary.warnings };
}

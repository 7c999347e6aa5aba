import type { BaseNetwork } from "../../applications/index.ts";
import { Engine } from "../../engine/engine.ts";
import { FeatureStore } from "../../features/store.ts";
import { weightsDigest } from "../../models/weights.ts";
import { classifierModel } from "../classifier/classifierModel.ts";
import { headLayers } from "../classifier/headLayers.ts";
import { openBase } from "../classifier/openBase.ts";
import type { PreparedData } from "../data/prepareData.ts";
import { ForwardLog } from "../features/forwardLog.ts";
import type { PhaseClock } from "../request/phaseClock.ts";
import type { TrainingHooks, TrainingRequest } from "../request/training.ts";
import { trainingPhases } from "../request/trainingPhases.ts";
import { type ImagesAtCut, imagesAtCut } from "./imagesAtCut.ts";

/** What the frozen base makes of all images. */
export interface FrozenImages extends ImagesAtCut {
  readonly base: BaseNetwork;
  /** Of the base's weights, before anything was computed. */
  readonly baseBefore: string;
  /** How the features came to be. */
  readonly log: ForwardLog;
  readonly numericsClass: string;
}

/** The features of all images as they are at the end of the base, from the store where they are there. Close `features` when done. */
export async function frozenImages(
  request: TrainingRequest,
  found: PreparedData,
  clock: PhaseClock,
  hooks: TrainingHooks,
): Promise<FrozenImages> {
  await using engine = await clock.time("start", () => Engine.start());
  const base = await clock.time("start", () => openBase(request, hooks));
  const baseBefore = weightsDigest(base);
  const store = await FeatureStore.open(request.store);
  const { classNames, task } = found.dataset;
  const model = classifierModel(base, headLayers("linear", classNames.length, task), request);
  const log = await ForwardLog.open(store);
  const phase = trainingPhases(request, base)[0]!;
  const warn = (text: string) => hooks.onWarning?.(text);
  const parts = { request, phase, engine, store, base, model, found, warn, clock };
  const images = await imagesAtCut(parts, hooks, log, undefined);
  return { ...images, base, baseBefore, log, numericsClass: engine.numericsClass };
}

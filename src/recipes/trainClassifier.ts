import path from "node:path";
import type { Dataset, Split } from "../data/dataset.ts";
import { Engine } from "../engine/engine.ts";
import { FeatureStore } from "../features/store.ts";
import { weightsDigest } from "../models/weights.ts";
import { checkReplaceable } from "../saving/saveBundle.ts";
import { classifierModel } from "./classifier/classifierModel.ts";
import { openBase } from "./classifier/openBase.ts";
import { layersOfHead } from "./classifier/solvedHeads.ts";
import { startFromPriors } from "./data/labelPriors.ts";
import { prepareData } from "./data/prepareData.ts";
import { restoreUnits } from "./data/targetScale.ts";
import { explainInterruption, holdsBundle, lossNanKept } from "./phases/earlyEnd.ts";
import { trainPhases } from "./phases/trainPhases.ts";
import { UnfinishedRun } from "./phases/unfinishedRun.ts";
import { trainJointly } from "./pretraining/jointTraining.ts";
import { PhaseClock } from "./request/phaseClock.ts";
import { requestOfHead } from "./request/requestOfHead.ts";
import type { TrainingHooks, TrainingRequest, TrainingResult } from "./request/training.ts";
import { trainingPhases } from "./request/trainingPhases.ts";
import { saveTraining } from "./saveTraining.ts";
import { scoreSplits } from "./scoring/scoreSplits.ts";

export type { EpochLogs, TrainingHooks, TrainingRequest, TrainingResult } from "./request/training.ts";

/**
 * Trains a classifier on a folder of photographs: the frozen base runs once for each distinct image (not at all where the
 * store has the feature), the head is trained on the features, all splits are scored, bundle and report are written.
 * When the loss stops being a number, the bundle holds the last good weights, unless an earlier one is in its place.
 *
 * @throws PermafrostError for data that cannot be trained on, an output folder that is not ours, LOSS_NAN, INTERRUPTED, ...
 */
export async function trainClassifier(
  request: TrainingRequest,
  hooks: TrainingHooks = {},
): Promise<TrainingResult> {
  await checkReplaceable(request.out);
  try {
    return await trainAndSave(requestOfHead(request), hooks);
  } catch (error) {
    throw await explainInterruption(error, request);
  }
}

async function trainAndSave(request: TrainingRequest, hooks: TrainingHooks): Promise<TrainingResult> {
  const clock = new PhaseClock();
  const warnings: string[] = [];
  const warn = (text: string) => {
    // Images and their draws are extracted one after the other and say the same of one store.
    if (warnings.includes(text)) return;
    warnings.push(text);
    hooks.onWarning?.(text);
  };
  await using engine = await clock.time("start", () => Engine.start());
  const base = await clock.time("start", () => openBase(request, hooks));
  const phases = trainingPhases(request, base);
  const store = await FeatureStore.open(request.store);
  for (const text of [...base.remarks, ...store.warnings]) warn(text);
  const found = await prepareData(request, { ...hooks, onWarning: warn }, clock);
  const model = classifierModel(
    base,
    layersOfHead(request.head, found.dataset.classNames.length, found.dataset.task),
    request,
  );
  startFromPriors(model, found.dataset);
  const { numericsClass } = engine;
  const run = await UnfinishedRun.open(request, {
    data: found,
    base: weightsDigest(base),
    numericsClass,
    warn,
  });
  const parts = { request, engine, store, base, model, found, run, warn, clock };
  const { joint } = request;
  const training =
    joint === undefined
      ? trainPhases(parts, phases, hooks)
      : trainJointly({ ...parts, phase: phases.at(-1)! }, joint, hooks);
  const trained = await training.catch(async (error: unknown) => {
    await run.endWith(error);
    throw error;
  });
  const { targetScale } = found.dataset;
  if (targetScale !== undefined) restoreUnits(model, targetScale);
  const scored = await clock.time("evaluate", () => scoreSplits(engine, trained, hooks));
  const result = {
    classes: trained.dataset.classNames,
    samples: countSplits(trained.dataset),
    skipped: trained.dataset.skipped,
    metrics: scored.metrics,
    history: trained.history.history,
    forwards: trained.forwards,
    bytesWritten: trained.bytesWritten,
    recomputed: trained.recomputed,
    cut: trained.phases.at(-1)!.cut,
    phases: trained.phases,
    trainableParameters: trained.changed.reduce((sum, weight) => sum + weight.size, trained.putAside ?? 0),
    warnings,
    bundle: request.out,
    report: path.join(request.out, "report.html"),
    numericsClass,
  };
  const { failure } = trained;
  const isSaved = failure === undefined || !(await holdsBundle(request.out));
  if (isSaved) {
    await clock.time("save", () => saveTraining({ request, base, model, trained, scored, result, clock }));
  }
  trained.features.close();
  await run.finish();
  if (failure !== undefined) throw lossNanKept(failure, request, isSaved);
  return { ...result, seconds: clock.seconds };
}

function countSplits({ samples }: Dataset): Partial<Record<Split, number>> {
  const counts: Partial<Record<Split, number>> = {};
  for (const { split } of samples) if (split !== undefined) counts[split] = (counts[split] ?? 0) + 1;
  return counts;
}

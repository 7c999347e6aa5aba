import { freezeBelow } from "../../applications/unfreeze.ts";
import { PermafrostError } from "../../base/errors.ts";
import type { History } from "../../training/measuring/history.ts";
import type { PreparedData } from "../data/prepareData.ts";
import { ForwardLog } from "../features/forwardLog.ts";
import { augmentationWarnings } from "../request/augmentation.ts";
import type { ForwardCounts, Recomputation } from "../request/forwardCounts.ts";
import { compatWarning, type PhaseRecord } from "../request/phaseRecord.ts";
import type { TrainingHooks } from "../request/training.ts";
import { isFromNothing, type TrainingPhase } from "../request/trainingPhases.ts";
import type { HeadTraining, TrainedHead } from "./headTraining.ts";
import { imagesAtCut } from "./imagesAtCut.ts";
import { keepsPrefix } from "./mixing.ts";
import { standardize } from "./standardize.ts";
import { trainHead } from "./trainHead.ts";

/** What came of all phases; the model is as the last one left it. */
export interface TrainedClassifier extends Omit<TrainedHead, "record"> {
  readonly phases: readonly PhaseRecord[];
  readonly forwards: ForwardCounts;
  readonly bytesWritten: number;
  readonly recomputed: readonly Recomputation[];
  /** Weights that were trained beside those in the model and put aside, as numbers: a decoder's. */
  readonly putAside?: number;
}

/** Trains phase after phase: each unfreezes its part of the base, cuts the model anew and goes on with the weights of the last. */
export async function trainPhases(
  training: Omit<HeadTraining, "phase">,
  phases: readonly TrainingPhase[],
  hooks: TrainingHooks,
): Promise<TrainedClassifier> {
  const { request, base, store, warn } = training;
  for (const text of augmentationWarnings(request.augmentation)) warn(text);
  if (request.compat !== undefined) warn(compatWarning(request.compat));
  const log = await ForwardLog.open(store);
  let found = await standardizeFirst({ ...training, phase: phases[0]! }, hooks, log);
  const latest = (await training.run?.latestPhase()) ?? 0;
  const records: PhaseRecord[] = [];
  const histories: Pick<History, "history" | "epoch">[] = [];
  for (const [index, phase] of phases.entries()) {
    freezeBelow(base, phase.unfrozenFrom);
    // Whoever resumes hears once how far the run was.
    const { onResume: _told, ...quiet } = hooks;
    const told = phase.firstEpoch < latest ? quiet : hooks;
    const trained = await trainHead({ ...training, found, phase }, told, log);
    records.push(trained.record);
    histories.push(trained.history);
    if (trained.failure !== undefined || index === phases.length - 1) {
      const { record: _, ...last } = trained;
      return {
        ...last,
        history: joined(histories),
        phases: records,
        ...log.outcome(last.dataset.samples, request.epochs),
      };
    }
    trained.features.close();
    found = { dataset: trained.dataset, digests: trained.digests };
  }
  throw new PermafrostError("INTERNAL", "internal: a training without phases.");
}

/**
 * Where layers of the base are trained from the first step on, the head's standardisation is still that of the features which
 * the frozen base gives. This also finds the images that cannot be read.
 */
export async function standardizeFirst(
  training: HeadTraining,
  hooks: TrainingHooks,
  log: ForwardLog,
): Promise<PreparedData> {
  const { request, phase, model, found } = training;
  const { unfrozenFrom, ...wholeBase } = phase;
  if (unfrozenFrom === undefined && keepsPrefix(request)) return found;
  freezeBelow(training.base, undefined);
  const { compat: _compat, mixing: _mixing, joint: _joint, ...plain } = request;
  const { dataset, digests, features } = await imagesAtCut(
    { ...training, request: plain, phase: wholeBase },
    hooks,
    log,
    undefined,
  );
  await standardize(model, features, { dataset, digests }, isFromNothing(request, training.base));
  features.close();
  return { dataset, digests };
}

/** Epoch after epoch over all phases. */
function joined(
  histories: readonly Pick<History, "history" | "epoch">[],
): Pick<History, "history" | "epoch"> {
  const names = [...new Set(histories.flatMap(({ history }) => Object.keys(history)))];
  const values = (name: string) => histories.flatMap(({ history }) => history[name] ?? []);
  return {
    epoch: histories.flatMap(({ epoch }) => epoch),
    history: Object.fromEntries(names.map((name) => [name, values(name)])),
  };
}

import { freezeBelow } from "../../applications/unfreeze.ts";
import { type FeatureGroup, groupDigest, keyBytes } from "../../features/key.ts";
import { readRates } from "../../features/measuredRates.ts";
import { checksumBytes, rowBytes, rowFormat } from "../../features/packFormat.ts";
import { featureGroup } from "../../features/prefixGroup.ts";
import { rateFactors } from "../../training/compiled/rateFactors.ts";
import { trainedWeights } from "../../training/compiled/trainedWeights.ts";
import { countSamples, countViews, seenDraws, type ViewCounts } from "../data/viewCounts.ts";
import { samplesOf } from "../phases/headTraining.ts";
import { keepsPrefix, trainingSplit } from "../phases/mixing.ts";
import { plainForwards } from "../request/forwardCounts.ts";
import { layersOfPaths, type PhaseStart, ratesOfLayers } from "../request/phaseRecord.ts";
import type { TrainingPhase } from "../request/trainingPhases.ts";
import type { PhasePlanning } from "./phasePlanning.ts";
import { plannedForwards } from "./plannedForwards.ts";
import { stepSeconds } from "./stepRate.ts";

/** What a phase would do. */
export interface PlannedPhase extends PhaseStart {
  readonly steps: number;
  /** Different views of each split. */
  readonly views: ViewCounts;
  readonly forwards: {
    /** To be run: of the frozen part, once a view; without one, of the whole network in every step. */
    readonly compute: number;
    readonly stored: number;
  };
  /** To be stored. */
  readonly bytes: number;
  /** `compute`: of the frozen part's forwards. `steps`: of the training steps; 0 where the head alone is trained. */
  readonly seconds: { readonly compute: number; readonly steps: number };
}

/** Counts a phase's forwards exactly and estimates its time; the base is left frozen as in this phase. */
export async function planPhase(planning: PhasePlanning, phase: TrainingPhase): Promise<PlannedPhase> {
  const { request, base, data, joint } = planning;
  const model = joint?.model ?? planning.model;
  freezeBelow(base, phase.unfrozenFrom);
  const trained = trainedWeights(model, request.compat);
  const isHead = phase.unfrozenFrom === undefined && keepsPrefix(request);
  const whole = isHead ? planning.frozenBase : undefined;
  const { prefix, reason } = whole?.split ?? trainingSplit(model, request, trained.values());
  const { name, firstEpoch, epochs, learningRate } = phase;
  const unlabelled = joint?.unlabelled ?? 0;
  const images = samplesOf(data, "train").length + unlabelled;
  const steps = epochs * Math.ceil(images / request.batchSize);
  const perStep = isHead ? 0 : await stepSeconds({ ...planning, phase, prefix });
  const start: PhaseStart = {
    name,
    firstEpoch: firstEpoch + 1,
    epochs,
    learningRate,
    trained: layersOfPaths(trained.keys()),
    trainedParameters: [...trained.values()].reduce((sum, { size }) => sum + size, 0),
    ...ratesOfLayers(rateFactors(model, trained, { layerwiseDecay: request.layerwiseDecay ?? 1 })),
    cut: reason,
  };
  if (prefix === undefined) {
    const compute = plainForwards(countSamples(data), epochs) + epochs * unlabelled;
    const seconds = { compute: 0, steps: steps * perStep };
    const views = countViews(data, seenDraws(planning.draws, firstEpoch + epochs, firstEpoch));
    return { ...start, steps, views, forwards: { compute, stored: 0 }, bytes: 0, seconds };
  }
  const group = whole?.group ?? planningGroup(planning, prefix);
  const planned = await planFeatures(planning, group, firstEpoch, firstEpoch + epochs);
  const { compute, ...features } = planned;
  return { ...start, steps, ...features, seconds: { compute, steps: steps * perStep } };
}

/** The group that the features of a frozen part are in. */
export function planningGroup(
  { request, base, numericsClass }: Pick<PhasePlanning, "request" | "base" | "numericsClass">,
  prefix: Parameters<typeof featureGroup>[0]["prefix"],
): FeatureGroup {
  const { storeDtype = "float32" } = request;
  return featureGroup({ prefix, preprocessing: base.preprocessing, storeDtype }, numericsClass);
}

/** Bytes of a feature in the store. */
export function bytesPerFeature(group: FeatureGroup): number {
  return rowBytes(rowFormat(group)) + keyBytes + checksumBytes;
}

/** Forwards, bytes and seconds of the features that epochs `first` to `end - 1` need. */
export async function planFeatures(
  { data, draws, store, frozenBase }: PhasePlanning,
  group: FeatureGroup,
  first: number,
  end: number,
) {
  const rows = await store.group(group);
  const { compute, stored, views } = plannedForwards(data, draws, end, rows, first);
  rows.close();
  const known = (await readRates(store.folder)).get(groupDigest(group));
  const { viewsPerSecond } = known ?? frozenBase.rate;
  return {
    views,
    forwards: { compute, stored },
    bytes: compute * bytesPerFeature(group),
    compute: compute / viewsPerSecond,
  };
}

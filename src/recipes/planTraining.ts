import { numericsClass } from "../engine/numerics.ts";
import { loadOrt } from "../engine/ort.ts";
import { keepWhere } from "../features/measuredRates.ts";
import { FeatureStore } from "../features/store.ts";
import { classifierGraphs } from "./classifier/classifierGraphs.ts";
import { classifierModel } from "./classifier/classifierModel.ts";
import { headLayers } from "./classifier/headLayers.ts";
import { openBase } from "./classifier/openBase.ts";
import { prepareData } from "./data/prepareData.ts";
import { countSamples, countViews } from "./data/viewCounts.ts";
import { keepsPrefix } from "./phases/mixing.ts";
import { baseRate } from "./planning/baseRate.ts";
import { describeModel } from "./planning/plannedLayers.ts";
import {
  bytesPerFeature,
  type PlannedPhase,
  planFeatures,
  planningGroup,
  planPhase,
} from "./planning/planPhase.ts";
import { planRemarks } from "./planning/planRemarks.ts";
import type { TrainingPlan } from "./planning/trainingPlan.ts";
import { drawsName, viewDraws } from "./request/augmentation.ts";
import { plainForwards } from "./request/forwardCounts.ts";
import { PhaseClock } from "./request/phaseClock.ts";
import type { TrainingHooks, TrainingRequest } from "./request/training.ts";
import { trainingPhases } from "./request/trainingPhases.ts";

export type { TrainingPlan } from "./planning/trainingPlan.ts";

/**
 * Says what a training would compute, how long it takes, and what the plain way would cost. Nothing is trained, no image is
 * decoded and no feature is written; images that cannot be decoded are counted as if they could.
 *
 * @throws PermafrostError as `trainClassifier` does for data and names that make no sense.
 */
export async function planTraining(
  request: TrainingRequest,
  hooks: TrainingHooks = {},
): Promise<TrainingPlan> {
  const { base: name, epochs } = request;
  const [base, data, { version }] = await Promise.all([
    openBase(request),
    prepareData(request, hooks, new PhaseClock()),
    loadOrt(),
  ]);
  const phases = trainingPhases(request, base);
  const model = classifierModel(
    base,
    headLayers(request.head, data.dataset.classNames.length, data.dataset.task),
    request,
  );
  const draws = viewDraws(request.augmentation, base.preprocessing);
  const store = await FeatureStore.open(request.store);
  const known = { request, base, model, data, draws, store, numericsClass: numericsClass(version) };
  const split = classifierGraphs(model);
  const group = planningGroup(known, split.prefix);
  const rate = await baseRate(request.store, group, split.prefix);
  const planning = { ...known, frozenBase: { split, group, rate } };
  const planned: PlannedPhase[] = [];
  // As `trainPhases`: the head is standardised by what the frozen base gives.
  const isHeadFirst = phases[0]!.unfrozenFrom === undefined && keepsPrefix(request);
  const first = isHeadFirst ? undefined : await planFeatures({ ...planning, draws: undefined }, group, 0, 0);
  for (const phase of phases) planned.push(await planPhase(planning, phase));
  const total = (part: (one: PlannedPhase) => number) => planned.reduce((sum, one) => sum + part(one), 0);
  const compute = (first?.forwards.compute ?? 0) + total(({ forwards }) => forwards.compute);
  const images = countSamples(data);
  const plain = plainForwards(images, epochs);
  const plan = {
    base: name,
    layers: describeModel(model),
    cut: planned.at(-1)!.cut,
    phases: planned,
    draws: drawsName(draws?.policy),
    images,
    views: planned.length === 1 ? planned[0]!.views : countViews(data, draws, epochs),
    forwards: {
      compute,
      stored: (first?.forwards.stored ?? 0) + total(({ forwards }) => forwards.stored),
      plain,
      avoided: Math.max(0, plain - compute),
    },
    bytes: (first?.bytes ?? 0) + total(({ bytes }) => bytes),
    rate,
    seconds: {
      compute: (first?.compute ?? 0) + total(({ seconds }) => seconds.compute),
      plain: plain / rate.viewsPerSecond,
      steps: total(({ seconds }) => seconds.steps),
    },
    keep: keepWhere(rate, bytesPerFeature(group), compute),
    skipped: data.dataset.skipped,
    numericsClass: group.numericsClass,
  } as const;
  return { ...plan, remarks: planRemarks(request, plan) };
}

import { numericsClass } from "../engine/numerics.ts";
import { loadOrt } from "../engine/ort.ts";
import { keepWhere } from "../features/measuredRates.ts";
import { FeatureStore } from "../features/store.ts";
import { classifierGraphs } from "./classifier/classifierGraphs.ts";
import { classifierModel } from "./classifier/classifierModel.ts";
import { openBase } from "./classifier/openBase.ts";
import { layersOfHead } from "./classifier/solvedHeads.ts";
import { prepareData } from "./data/prepareData.ts";
import { countSamples, countViews, seenDraws } from "./data/viewCounts.ts";
import type { HeadTraining } from "./phases/headTraining.ts";
import { keepsPrefix } from "./phases/mixing.ts";
import { baseRate } from "./planning/baseRate.ts";
import type { PlannedJoint } from "./planning/phasePlanning.ts";
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
import { requestOfHead } from "./request/requestOfHead.ts";
import type { TrainingHooks, TrainingRequest } from "./request/training.ts";
import { trainingPhases } from "./request/trainingPhases.ts";

export type { TrainingPlan } from "./planning/trainingPlan.ts";

/**
 * Says what a training would compute, how long it takes, and what the plain way would cost. Nothing is trained, no image is
 * decoded and no feature is written; images that cannot be decoded are counted as if they could.
 *
 * @throws PermafrostError as `trainClassifier` does for data and names that make no sense.
 */
export async function planTraining(asked: TrainingRequest, hooks: TrainingHooks = {}): Promise<TrainingPlan> {
  const request = requestOfHead(asked);
  const { base: name, epochs } = request;
  const [base, data, { version }] = await Promise.all([
    openBase(request, hooks),
    prepareData(request, hooks, new PhaseClock()),
    loadOrt(),
  ]);
  const phases = trainingPhases(request, base);
  const model = classifierModel(
    base,
    layersOfHead(request.head, data.dataset.classNames.length, data.dataset.task),
    request,
  );
  const draws = viewDraws(request.augmentation, base.preprocessing);
  const store = await FeatureStore.open(request.store);
  const joint = await plannedJoint({ request, base, model, found: data, phase: phases.at(-1)! }, hooks);
  const numerics = { numericsClass: numericsClass(version) };
  const known = { request, base, model, data, draws, store, ...numerics, ...(joint && { joint }) };
  const split = classifierGraphs(model);
  const group = planningGroup(known, split.prefix);
  const rate = await baseRate(request.store, group, split.prefix, base);
  const planning = { ...known, frozenBase: { split, group, rate } };
  const planned: PlannedPhase[] = [];
  // As `trainPhases`: the head is standardised by what the frozen base gives.
  const isHeadFirst = phases[0]!.unfrozenFrom === undefined && keepsPrefix(request);
  const first = isHeadFirst ? undefined : await planFeatures({ ...planning, draws: undefined }, group, 0, 0);
  for (const phase of phases) planned.push(await planPhase(planning, phase));
  const total = (part: (one: PlannedPhase) => number) => planned.reduce((sum, one) => sum + part(one), 0);
  const compute = (first?.forwards.compute ?? 0) + total(({ forwards }) => forwards.compute);
  const images = countSamples(data);
  const unlabelled = joint?.unlabelled ?? 0;
  const plain = plainForwards(images, epochs) + epochs * unlabelled;
  const plan = {
    base: name,
    layers: describeModel(joint?.model ?? model),
    cut: planned.at(-1)!.cut,
    phases: planned,
    draws: drawsName(draws?.policy),
    images,
    unlabelled,
    views: planned.length === 1 ? planned[0]!.views : countViews(data, seenDraws(draws, epochs)),
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
  return { ...plan, remarks: [...base.remarks, ...planRemarks(request, plan)] };
}

/** The network of a joint training, and its images without labels. */
async function plannedJoint(
  parts: Pick<HeadTraining, "request" | "base" | "model" | "found" | "phase">,
  hooks: TrainingHooks,
): Promise<PlannedJoint | undefined> {
  const { request, base, model, found } = parts;
  const { joint, store } = request;
  if (joint === undefined) return undefined;
  // Loaded only here: what decodes pictures is of no use to other plans.
  const { checkJoint } = await import("./pretraining/compileJointly.ts");
  const { jointModel } = await import("./pretraining/jointModel.ts");
  checkJoint(parts, joint);
  const both = jointModel(base, model, request);
  if (joint.unlabelled === undefined) return { model: both, unlabelled: 0 };
  const { listUnlabelled, notLabelled } = await import("./pretraining/unlabelledImages.ts");
  const { distinct, digests } = await listUnlabelled({ data: joint.unlabelled, store }, hooks);
  return { model: both, unlabelled: notLabelled(distinct, digests, found).length };
}

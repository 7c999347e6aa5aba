import { PermafrostError } from "../../base/errors.ts";
import { samplesOf } from "../phases/headTraining.ts";
import type { TrainingPlan } from "../planning/trainingPlan.ts";
import type { TrainingRequest } from "../request/training.ts";
import type { ComparisonData } from "./comparisonData.ts";
import type { MethodMaterial } from "./method.ts";
import { type MethodCall, requestOf } from "./methodCalls.ts";
import { type PlannedMethod, secondsOf } from "./plannedMethod.ts";

/** Makes the plan of one training. */
export type PlanTraining = (request: TrainingRequest) => Promise<TrainingPlan>;

/** Starting, listing, scoring and saving. */
const runOverhead = 2;
/** Validation after each epoch, gathering, checkpoints: on top of the bare steps. */
const stepOverhead = 1.3;

export interface Planning {
  readonly known: ComparisonData;
  readonly plan: PlanTraining;
  runs(call: MethodCall): number;
  /** Runs of it that need not be made. */
  finished(call: MethodCall): number;
  material(call: MethodCall): MethodMaterial;
}

/** Plans all methods together: what one of them has computed, the next ones need not. */
export async function planMethods(
  calls: readonly MethodCall[],
  planning: Planning,
): Promise<readonly PlannedMethod[]> {
  const shared = { own: { images: false, draws: [] }, rescaled: { images: false, draws: [] } };
  const planned: PlannedMethod[] = [];
  for (const call of calls) planned.push(await planMethod(call, planning, shared));
  return planned;
}

/** What the methods planned so far compute with the whole base frozen. */
interface SharedViews {
  images: boolean;
  /** Chance that a draw of this number of an image is among them, by number. */
  draws: number[];
}

/** By preprocessing: features of differently scaled pixels are different. */
type AllShared = Readonly<Record<"own" | "rescaled", SharedViews>>;

async function planMethod(call: MethodCall, planning: Planning, all: AllShared): Promise<PlannedMethod> {
  const { known } = planning;
  const material = planning.material(call);
  const train = samplesOf(known.data, "train").length;
  const counts = { id: call.id, runs: planning.runs(call), finished: planning.finished(call) };
  if (call.method.kind === "solved" || call.method.isCertain === true) {
    const request = requestOf(call, material);
    const plan = await planning.plan(request);
    const forwards = Math.max(0, plan.forwards.compute - overlap(plan, request, all, train));
    const seconds = forwards / plan.rate.viewsPerSecond + runOverhead;
    return { ...counts, forwards, seconds: { first: seconds, further: seconds } };
  }
  const { request, times } = call.method.resembles?.(material) ?? {
    request: requestOf(call, material),
    times: 1,
  };
  const plan = await planning.plan(request);
  const isOther = request.base !== material.common.base;
  const common = isOther ? 0 : overlap(plan, request, all, train);
  const forwards = Math.max(0, plan.forwards.compute - common);
  const share = plan.forwards.compute === 0 ? 0 : forwards / plan.forwards.compute;
  const heads = plan.phases
    .filter(({ seconds }) => seconds.steps === 0)
    .reduce((sum, { steps }) => sum + steps, 0);
  const steps = stepOverhead * (times * plan.seconds.steps + heads * known.headStepSeconds);
  const further = steps + runOverhead;
  return {
    ...counts,
    forwards,
    seconds: { first: further + share * plan.seconds.compute, further },
  };
}

/** About how many forwards of a plan an earlier method computes; notes what this one adds. */
function overlap(plan: TrainingPlan, request: TrainingRequest, all: AllShared, train: number): number {
  const shared = request.rescaleOnly === true ? all.rescaled : all.own;
  const images = Object.values(plan.images).reduce((sum, count) => sum + count, 0);
  let same = shared.images ? images : 0;
  shared.images = true;
  const isFrozen =
    request.unfreeze === undefined && request.compat === undefined && request.recipe === undefined;
  const policy = request.augmentation?.draws ?? "none";
  if (isFrozen && policy !== "none") {
    const { epochs } = request;
    const numbers = policy === "fresh" ? epochs : policy.pool;
    // A pool's draws are taken at random, so that some of many may never be.
    const chance = policy === "fresh" ? 1 : 1 - (1 - 1 / policy.pool) ** epochs;
    for (let number = 0; number < numbers; number++) {
      const before = shared.draws[number] ?? 0;
      same += train * chance * before;
      shared.draws[number] = 1 - (1 - before) * (1 - chance);
    }
  }
  return Math.min(Math.round(same), plan.forwards.compute);
}

/**
 * Marks what does not fit into the time, in the methods' order.
 *
 * @throws PermafrostError INVALID_ARGUMENT where nothing fits and nothing is finished.
 */
export function withinBudget(
  planned: readonly PlannedMethod[],
  budget: number | undefined,
): readonly PlannedMethod[] {
  if (budget === undefined) return planned;
  let spent = 0;
  const marked = planned.map((method) => {
    const needed = secondsOf(method);
    if (spent + needed > budget) {
      return {
        ...method,
        leftOut: `it would take about ${text(needed)}, and ${text(budget - spent)} of the budget are left`,
      };
    }
    spent += needed;
    return method;
  });
  if (marked.some(({ leftOut, finished }) => leftOut === undefined || finished > 0)) return marked;
  const cheapest = planned.reduce((least, each) => (secondsOf(each) < secondsOf(least) ? each : least));
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `--budget: ${text(budget)} are not enough for any of the methods: the cheapest, ${cheapest.id}, would take about ${text(secondsOf(cheapest))}. ` +
      "Raise the budget, or take fewer --seeds or --epochs.",
  );
}

function text(seconds: number): string {
  return seconds < 120 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
}

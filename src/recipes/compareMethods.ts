import { PermafrostError } from "../base/errors.ts";
import type { ThreadEvidence } from "../evaluation/comparison/comparisonReport.ts";
import { assembleReport } from "./comparison/assembleReport.ts";
import { budgetOf, outOfTime, underBudget } from "./comparison/budget.ts";
import { type ComparisonData, comparisonData } from "./comparison/comparisonData.ts";
import type { ComparisonHooks, ComparisonRequest, ComparisonResult } from "./comparison/comparisonRequest.ts";
import { type MethodCall, methodCalls } from "./comparison/methodCalls.ts";
import { commonRequest, materialOf, runName, runsFolder, runsOf } from "./comparison/methodMaterials.ts";
import { planMethods, withinBudget } from "./comparison/planMethods.ts";
import { recipeOf } from "./comparison/recipeOf.ts";
import { type EarlierRuns, earlierRuns, type MethodWork, runMethods } from "./comparison/runMethods.ts";
import { saveComparison } from "./comparison/saveComparison.ts";
import { FinishedRuns } from "./phases/finishedRuns.ts";
import { planTraining } from "./planTraining.ts";
import { pretrainEncoder } from "./pretrainEncoder.ts";
import type { TrainingRequest } from "./request/training.ts";
import { trainClassifier } from "./trainClassifier.ts";
import { verifyTraining } from "./verifyTraining.ts";

export type { ComparisonHooks, ComparisonRequest, ComparisonResult } from "./comparison/comparisonRequest.ts";

const jobs = { train: trainClassifier, pretrain: pretrainEncoder };

/**
 * Runs several methods on one data set, with the same split, seeds and store, judges all of them on the same images and says
 * which differences these show. Finished runs are kept in the folder: an interrupted comparison goes on where it was.
 *
 * @throws PermafrostError UNKNOWN_NAME for a method that there is not; INVALID_ARGUMENT for a budget below the cheapest one, or one that
 *   ran out before anything was finished; INTERRUPTED, DATA_EMPTY, ...
 */
export async function compareMethods(
  asked: ComparisonRequest,
  hooks: ComparisonHooks = {},
): Promise<ComparisonResult> {
  const budget = budgetOf(asked.budget);
  const request = withRecipe(asked);
  const calls = methodCalls(request.methods);
  const known = await comparisonData(commonRequest(request), hooks);
  const finished = new FinishedRuns(runsFolder(request), "comparison");
  const material = (call: MethodCall, seed: number) => materialOf(request, known, call, seed);
  const work = { request, known, budget, hooks, finished, jobs, material };
  const earlier = await earlierRuns(calls, work);
  const planned = await planAll(calls, earlier, work);
  hooks.onPlan?.(planned);
  const { runs, leftOut } = await runMethods(calls, planned, earlier, work);
  const methods = calls.flatMap((call) => {
    const own = runs.filter(({ method }) => method === call.id);
    return own.length === 0 ? [] : [{ call, runs: own }];
  });
  if (methods.length === 0) throw nothingWorked(leftOut);
  const thread =
    request.recipe === undefined
      ? undefined
      : await underBudget(budget, hooks.signal, (signal) =>
          threadEvidence(request, known, { ...hooks, ...(signal === undefined ? {} : { signal }) }),
        );
  // Of all runs, those of an earlier start included.
  const seconds = runs.reduce((sum, run) => sum + Object.values(run.seconds).reduce((a, b) => a + b, 0), 0);
  const report = assembleReport({
    ...{ request, known, methods, seconds },
    leftOut: thread === outOfTime ? [...leftOut, withoutProof] : leftOut,
    thread: thread === outOfTime ? undefined : thread,
  });
  return { report, files: await saveComparison(request.out, report) };
}

async function planAll(
  calls: readonly MethodCall[],
  earlier: EarlierRuns,
  { request, known, material }: Pick<MethodWork, "request" | "known" | "material">,
) {
  const { seed, budget } = request;
  const planned = await planMethods(calls, {
    known,
    plan: (each: TrainingRequest) => planTraining(each, {}),
    runs: (call) => runsOf(call, request),
    finished: (call) =>
      Array.from({ length: runsOf(call, request) }, (_, round) => runName(call, seed + round)).filter(
        (name) => earlier.has(name),
      ).length,
    material: (call) => material(call, seed),
  });
  return withinBudget(planned, budget);
}

function withRecipe(request: ComparisonRequest): ComparisonRequest {
  const { recipe, fixed = [] } = request;
  if (recipe === undefined) return request;
  const { methods, settings } = recipeOf(recipe);
  const taken = Object.entries({ methods, ...settings?.(request) }).filter(
    ([name]) => !fixed.some((each) => each === name),
  );
  return { ...request, ...Object.fromEntries(taken) };
}

const verifiedSteps = 8;

const withoutProof = {
  method: "the proof that both ways are one computation",
  reason: "the budget was used up; permafrost verify makes it alone",
};

/** Of a recipe: the proof that both ways are one computation, and what its parts take. */
async function threadEvidence(
  request: ComparisonRequest,
  { headStepSeconds }: ComparisonData,
  hooks: ComparisonHooks,
): Promise<ThreadEvidence> {
  const common = commonRequest(request);
  const { augmentation } = request;
  const verification = {
    ...common,
    augmentation: { ...augmentation, draws: "fresh" as const },
    steps: verifiedSteps,
  };
  const { same, checks } = await verifyTraining(verification, hooks);
  const [{ steps, images, batchSize }] = checks as [(typeof checks)[number]];
  const { rate } = await planTraining(common, {});
  return {
    verification: { same, steps, images, batchSize },
    forwardSeconds: 1 / rate.viewsPerSecond,
    headStepSeconds,
  };
}

function nothingWorked(leftOut: ComparisonResult["report"]["leftOut"]): PermafrostError {
  const [first] = leftOut;
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `compare: none of the methods could be run; ${first?.method}: ${first?.reason}`,
  );
}

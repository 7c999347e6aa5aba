import { PermafrostError } from "../../base/errors.ts";
import type { ComparisonReport } from "../../evaluation/comparison/comparisonReport.ts";
import type { FinishedRuns } from "../phases/finishedRuns.ts";
import { type Budget, outOfTime, underBudget } from "./budget.ts";
import type { ComparisonData } from "./comparisonData.ts";
import type { ComparisonHooks, ComparisonRequest } from "./comparisonRequest.ts";
import type { MethodMaterial } from "./method.ts";
import { type MethodCall, requestOf } from "./methodCalls.ts";
import { keyOf, runName, runsOf } from "./methodMaterials.ts";
import type { MethodRun } from "./methodRun.ts";
import { withPeakMemory } from "./peakMemory.ts";
import type { PlannedMethod } from "./plannedMethod.ts";
import { solveMethod } from "./solveMethod.ts";
import { type ComparisonJobs, keepingEncoder, trainMethod } from "./trainMethod.ts";

type LeftOut = ComparisonReport["leftOut"][number];

/** What running all methods takes. */
export interface MethodWork {
  readonly request: ComparisonRequest;
  readonly known: ComparisonData;
  readonly budget: Budget;
  readonly hooks: ComparisonHooks;
  readonly finished: FinishedRuns;
  readonly jobs: ComparisonJobs;
  material(call: MethodCall, seed: number): MethodMaterial;
}

/** The runs that earlier starts have finished, by name. */
export type EarlierRuns = ReadonlyMap<string, MethodRun>;

export async function earlierRuns(
  calls: readonly MethodCall[],
  { request, known, finished, material }: Omit<MethodWork, "budget" | "hooks" | "jobs">,
): Promise<EarlierRuns> {
  const runs = new Map<string, MethodRun>();
  if (request.resume === false) return runs;
  for (const call of calls) {
    for (let round = 0; round < runsOf(call, request); round++) {
      const seed = request.seed + round;
      const name = runName(call, seed);
      const run = await finished.find<MethodRun>(name, keyOf(call, material(call, seed), known));
      if (run !== undefined) runs.set(name, run);
    }
  }
  return runs;
}

/**
 * Runs all methods, seed after seed, so that all have as many runs when time runs out. A run under way when it does is stopped with
 * its features and its checkpoint kept; its method is named among those left out, and so are those behind it. What was finished,
 * now or earlier, is handed back in any case.
 */
export async function runMethods(
  calls: readonly MethodCall[],
  planned: readonly PlannedMethod[],
  earlier: EarlierRuns,
  work: MethodWork,
): Promise<{ readonly runs: readonly MethodRun[]; readonly leftOut: readonly LeftOut[] }> {
  const { request, hooks } = work;
  const runs: MethodRun[] = [];
  const leftOut = new Map<string, string>();
  for (const { id, leftOut: reason } of planned) if (reason !== undefined) leftOut.set(id, reason);
  for (let round = 0; round < request.seeds; round++) {
    for (const [at, call] of calls.entries()) {
      if (round >= runsOf(call, request)) continue;
      const seed = request.seed + round;
      const before = earlier.get(runName(call, seed));
      if (before !== undefined) {
        runs.push(before);
        tell(hooks, before, true);
        continue;
      }
      if (leftOut.has(call.id)) continue;
      const outcome = lateness(work, planned[at]!, round) ?? (await runOrReason(call, seed, work));
      if (typeof outcome === "string") leftOut.set(call.id, outcome);
      else runs.push(outcome);
    }
  }
  return { runs, leftOut: [...leftOut].map(([method, reason]) => ({ method, reason })) };
}

/** Why a run does not fit into the time any more. */
function lateness(
  { request, budget }: MethodWork,
  { seconds }: PlannedMethod,
  round: number,
): string | undefined {
  if (budget.left() >= (round === 0 ? seconds.first : seconds.further)) return undefined;
  const done = round === 0 ? "" : ` after ${round} of ${request.seeds} seeds`;
  return `${budgetText(budget)} was used up${done}: what came before took longer than planned`;
}

/** A run, or why its method has to be left out. */
async function runOrReason(call: MethodCall, seed: number, work: MethodWork): Promise<MethodRun | string> {
  const { hooks, budget } = work;
  const reason = await underBudget(budget, hooks.signal, (signal) => newRun(call, seed, work, signal)).catch(
    (error: unknown) => {
      if (isOfTheMethod(error)) return error.message;
      throw error;
    },
  );
  if (typeof reason === "object") return reason;
  const said =
    reason === outOfTime
      ? `${budgetText(budget)} ran out in its run with seed ${seed}, which took longer than planned. What it has is kept: the same command with a larger --budget goes on there`
      : reason;
  hooks.onWarning?.(`${call.id}, seed ${seed}: ${said}`);
  return said;
}

async function newRun(
  call: MethodCall,
  seed: number,
  work: MethodWork,
  signal: AbortSignal | undefined,
): Promise<MethodRun> {
  const { finished, known, jobs } = work;
  const { method, id } = call;
  const name = runName(call, seed);
  const material = work.material(call, seed);
  const request = requestOf(call, material);
  const key = keyOf(call, material, known);
  let isContinued = false;
  const hooks = {
    ...hooksOf(work.hooks, `${id}, seed ${seed}`, signal),
    onResume: () => {
      isContinued = true;
    },
  };
  const { result, peakMemory } = await withPeakMemory(() =>
    method.kind === "solved"
      ? solveMethod(method, request, hooks)
      : trainMethod(method, material, request, keepingEncoder(jobs, finished, `${name}-encoder`, key), hooks),
  );
  const run = { method: id, seed, peakMemory, ...result, ...(isContinued ? { isContinued } : {}) };
  await finished.keep(name, key, run);
  tell(work.hooks, run, false);
  return run;
}

function tell(hooks: ComparisonHooks, { method, seed, answers, seconds }: MethodRun, isFromBefore: boolean) {
  const { predicted = [], labels = [] } = answers.test ?? answers.validation ?? {};
  hooks.onRun?.({
    method,
    seed,
    accuracy: predicted.filter((said, image) => said === labels[image]).length / predicted.length,
    seconds: Object.values(seconds).reduce((sum, each) => sum + each, 0),
    isFromBefore,
  });
}

/** Progress tells whose it is. */
function hooksOf(hooks: ComparisonHooks, name: string, signal: AbortSignal | undefined): ComparisonHooks {
  const { onProgress } = hooks;
  return {
    ...hooks,
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined
      ? {}
      : { onProgress: (event) => onProgress({ ...event, phase: `${name}: ${event.phase}` }) }),
  };
}

function budgetText({ seconds = 0 }: Budget): string {
  return `the budget of ${Math.round(seconds)} s`;
}

/** Failures that say something of a method; all others end the comparison. */
function isOfTheMethod(error: unknown): error is PermafrostError {
  const codes = ["LOSS_NAN", "INVALID_ARGUMENT", "NO_GRADIENT", "SHAPE_MISMATCH"];
  return error instanceof PermafrostError && codes.includes(error.code);
}

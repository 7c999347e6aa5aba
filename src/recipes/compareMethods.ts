import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { packageVersion } from "../base/version.ts";
import type { ThreadEvidence } from "../evaluation/comparison/comparisonReport.ts";
import { assembleReport } from "./comparison/assembleReport.ts";
import { type ComparisonData, comparisonData } from "./comparison/comparisonData.ts";
import {
  type ComparisonHooks,
  type ComparisonRequest,
  type ComparisonResult,
  comparisonDefaults,
} from "./comparison/comparisonRequest.ts";
import { FinishedRuns } from "./comparison/finishedRuns.ts";
import type { MethodMaterial } from "./comparison/method.ts";
import { type MethodCall, methodCalls, requestOf } from "./comparison/methodCalls.ts";
import type { MethodRun } from "./comparison/methodRun.ts";
import { withPeakMemory } from "./comparison/peakMemory.ts";
import { type PlannedMethod, planMethods, withinBudget } from "./comparison/planMethods.ts";
import { recipeOf } from "./comparison/recipeOf.ts";
import { saveComparison } from "./comparison/saveComparison.ts";
import { solveMethod } from "./comparison/solveMethod.ts";
import { trainMethod } from "./comparison/trainMethod.ts";
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
 * @throws PermafrostError UNKNOWN_NAME for a method that there is not; INVALID_ARGUMENT for a budget below the cheapest one;
 *   INTERRUPTED, DATA_EMPTY, ...
 */
export async function compareMethods(
  asked: ComparisonRequest,
  hooks: ComparisonHooks = {},
): Promise<ComparisonResult> {
  const begin = performance.now();
  const request = withRecipe(asked);
  const calls = methodCalls(request.methods);
  const common = commonRequest(request);
  const known = await comparisonData(common, hooks);
  const material = (call: MethodCall, seed = request.seed) => materialOf(request, known, call, seed);
  const plan = (each: TrainingRequest) => planTraining(each, {});
  const planned = withinBudget(
    await planMethods(calls, { known, plan, runs: request.seeds, material }),
    request.budget,
  );
  hooks.onPlan?.(planned);
  const work: ComparisonWork = {
    request,
    known,
    planned,
    hooks,
    begin,
    finished: new FinishedRuns(runsFolder(request)),
  };
  const { runs, leftOut } = await runAll(calls, work, material);
  const methods = calls.flatMap((call) => {
    const own = runs.filter(({ method }) => method === call.id);
    return own.length === 0 ? [] : [{ call, runs: own }];
  });
  if (methods.length === 0) throw nothingWorked(leftOut);
  const thread = request.recipe === undefined ? undefined : await threadEvidence(request, known, hooks);
  // Of all runs, those of an earlier start included.
  const seconds = runs.reduce((sum, run) => sum + Object.values(run.seconds).reduce((a, b) => a + b, 0), 0);
  const report = assembleReport({ request, known, methods, leftOut, seconds, thread });
  return { report, files: await saveComparison(request.out, report) };
}

function withRecipe(request: ComparisonRequest): ComparisonRequest {
  if (request.recipe === undefined) return request;
  const { methods, settings } = recipeOf(request.recipe);
  const isUsual = request.methods === comparisonDefaults.methods;
  return { ...request, ...(isUsual ? { methods } : {}), ...settings?.(request) };
}

const verifiedSteps = 8;

/** The proof that both ways are one computation, and what its parts take. */
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

interface ComparisonWork {
  readonly request: ComparisonRequest;
  readonly known: ComparisonData;
  readonly planned: readonly PlannedMethod[];
  readonly hooks: ComparisonHooks;
  /** When it began, in milliseconds. */
  readonly begin: number;
  readonly finished: FinishedRuns;
}

type LeftOut = ComparisonResult["report"]["leftOut"][number];

/** Seed after seed, so that all methods have as many runs when time runs out. */
async function runAll(
  calls: readonly MethodCall[],
  work: ComparisonWork,
  material: (call: MethodCall, seed: number) => MethodMaterial,
): Promise<{ readonly runs: readonly MethodRun[]; readonly leftOut: readonly LeftOut[] }> {
  const { request, planned, hooks } = work;
  const runs: MethodRun[] = [];
  const leftOut = new Map<string, string>();
  for (const { id, leftOut: reason } of planned) if (reason !== undefined) leftOut.set(id, reason);
  for (let round = 0; round < request.seeds; round++) {
    for (const [at, call] of calls.entries()) {
      if (leftOut.has(call.id) || round >= planned[at]!.runs) continue;
      const seed = request.seed + round;
      const late = lateness(work, planned[at]!, round);
      try {
        if (late !== undefined) leftOut.set(call.id, late);
        else runs.push(await runOnce(call, material(call, seed), work));
      } catch (error) {
        if (!isOfTheMethod(error)) throw error;
        leftOut.set(call.id, error.message);
        hooks.onWarning?.(`${call.id}, seed ${seed}: ${error.message}`);
      }
    }
  }
  return { runs, leftOut: [...leftOut].map(([method, reason]) => ({ method, reason })) };
}

/** Why a run does not fit into the time any more. */
function lateness(
  { request, begin }: ComparisonWork,
  { seconds }: PlannedMethod,
  round: number,
): string | undefined {
  if (request.budget === undefined) return undefined;
  const spent = (performance.now() - begin) / 1000;
  const needed = round === 0 ? seconds.first : seconds.further;
  if (spent + needed <= request.budget) return undefined;
  const done = round === 0 ? "" : ` after ${round} of ${request.seeds} seeds`;
  return `the budget of ${Math.round(request.budget)} s was used up${done}: what came before took longer than planned`;
}

async function runOnce(call: MethodCall, material: MethodMaterial, work: ComparisonWork): Promise<MethodRun> {
  const { finished, hooks, known, request } = work;
  const { seed } = material.common;
  const name = runName(call, seed);
  const key = keyOf(call, material, known);
  const earlier = request.resume === false ? undefined : await finished.find(name, key);
  const run = earlier ?? (await newRun(call, material, named(hooks, `${call.id}, seed ${seed}`)));
  if (earlier === undefined) await finished.keep(name, key, run);
  const { predicted = [], labels = [] } = run.answers.test ?? run.answers.validation ?? {};
  hooks.onRun?.({
    method: call.id,
    seed,
    accuracy: predicted.filter((said, image) => said === labels[image]).length / predicted.length,
    seconds: Object.values(run.seconds).reduce((sum, each) => sum + each, 0),
    isFromBefore: earlier !== undefined,
  });
  return run;
}

async function newRun(
  call: MethodCall,
  material: MethodMaterial,
  hooks: ComparisonHooks,
): Promise<MethodRun> {
  const { method, id } = call;
  const request = requestOf(call, material);
  const { result, peakMemory } = await withPeakMemory(() =>
    method.kind === "solved"
      ? solveMethod(method, request, hooks)
      : trainMethod(method, material, request, jobs, hooks),
  );
  return { method: id, seed: material.common.seed, peakMemory, ...result };
}

/** Progress tells whose it is. */
function named(hooks: ComparisonHooks, name: string): ComparisonHooks {
  const { onProgress } = hooks;
  if (onProgress === undefined) return hooks;
  return { ...hooks, onProgress: (event) => onProgress({ ...event, phase: `${name}: ${event.phase}` }) };
}

/** All that a run's numbers hang on. */
function keyOf(call: MethodCall, material: MethodMaterial, known: ComparisonData): unknown {
  const {
    out: _,
    store: _store,
    commandLine: _line,
    resume: _resume,
    data: _data,
    ...settings
  } = requestOf(call, material);
  const { dataDigest, baseDigest, numericsClass } = known;
  return { id: call.id, settings, dataDigest, baseDigest, numericsClass, permafrost: packageVersion() };
}

/** Failures that say something of a method; all others end the comparison. */
function isOfTheMethod(error: unknown): error is PermafrostError {
  const codes = ["LOSS_NAN", "INVALID_ARGUMENT", "NO_GRADIENT", "SHAPE_MISMATCH"];
  return error instanceof PermafrostError && codes.includes(error.code);
}

function commonRequest(request: ComparisonRequest): TrainingRequest {
  const {
    methods: _,
    seeds: _seeds,
    augmentation: _augmentation,
    budget: _budget,
    recipe: _recipe,
    unfrozenBlock: _block,
    fineTuneRate: _rate,
    ...settings
  } = request;
  return { ...settings, splitSeed: request.seed, embedBase: false };
}

function materialOf(
  request: ComparisonRequest,
  known: ComparisonData,
  call: MethodCall,
  seed: number,
): MethodMaterial {
  const out = path.join(runsFolder(request), runName(call, seed));
  return {
    common: { ...commonRequest(request), seed, out },
    augmentation: request.augmentation,
    fineTuning: {
      ...(request.unfrozenBlock === undefined ? {} : { unfreeze: request.unfrozenBlock }),
      ...(request.fineTuneRate === undefined ? {} : { fineTuneRate: request.fineTuneRate }),
    },
    argument: call.argument,
    trainingImages: known.trainingImages,
    encoderFolder: path.resolve(`${out}-encoder`),
  };
}

function runName({ id }: MethodCall, seed: number): string {
  return `${id.replaceAll(/[:+]/g, "-")}-seed${seed}`;
}

function runsFolder({ out }: ComparisonRequest): string {
  return path.join(out, "runs");
}

function nothingWorked(leftOut: readonly LeftOut[]): PermafrostError {
  const [first] = leftOut;
  return new PermafrostError(
    "INVALID_ARGUMENT",
    `compare: none of the methods could be run; ${first?.method}: ${first?.reason}`,
  );
}

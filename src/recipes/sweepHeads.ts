import path from "node:path";
import { Engine } from "../engine/engine.ts";
import { type PreparedData, prepareData } from "./data/prepareData.ts";
import { PhaseClock } from "./request/phaseClock.ts";
import type { TrainingRequest } from "./request/training.ts";
import { assembleSweep, type TestVerdict } from "./sweep/assembleSweep.ts";
import { answers, type CrossValidation, type OutOfFold } from "./sweep/crossValidate.ts";
import { foldsOf } from "./sweep/folds.ts";
import { saveSweep } from "./sweep/saveSweep.ts";
import { accuracyOf, fullSearch, halvingSearch, trainingsOf } from "./sweep/search.ts";
import { type Candidate, drawnCandidates, gridCandidates } from "./sweep/searchSpace.ts";
import { type SweepFeatures, sweepFeatures } from "./sweep/sweepFeatures.ts";
import type { SweepHooks, SweepRequest, SweepResult } from "./sweep/sweepRequest.ts";
import { trainCandidate } from "./sweep/trainCandidate.ts";

export type { SweepHooks, SweepRequest, SweepResult } from "./sweep/sweepRequest.ts";

/**
 * Tries many heads on stored features: each candidate is judged by cross-validation on all images but those of the test split. The
 * best one is then trained on all of these and judged once by the test images, which took no part in any choice.
 *
 * @throws PermafrostError INVALID_ARGUMENT for settings that make no sense; INTERRUPTED, DATA_EMPTY, ...
 */
export async function sweepHeads(request: SweepRequest, hooks: SweepHooks = {}): Promise<SweepResult> {
  const begin = performance.now();
  const candidates = candidatesOf(request);
  const training = trainingRequest(request);
  const found = await prepareData(training, hooks, new PhaseClock());
  const features = await featuresOf(candidates, training, found, hooks);
  try {
    await using engine = await Engine.start({ workers: 1 });
    const work = validationOf(request, found, features, candidates.length, engine, hooks);
    const search = request.search === "halving" ? halvingSearch : fullSearch;
    const judged = await search(candidates, request.epochs, work);
    const best = judged.reduce((top, each) => (accuracyOf(each) > accuracyOf(top) ? each : top));
    const test = await judgeOnce(best, work, request.epochs);
    const report = assembleSweep({
      request,
      found,
      judged,
      best,
      test,
      forwards: totalForwards(features),
      seconds: (performance.now() - begin) / 1000,
      numericsClass: engine.numericsClass,
    });
    return { report, files: await saveSweep(request.out, report) };
  } finally {
    for (const each of features.values()) await each.close();
  }
}

function candidatesOf({ axes, search, trials, seed }: SweepRequest): readonly Candidate[] {
  return search === "grid" ? gridCandidates(axes) : drawnCandidates(axes, trials, seed);
}

function trainingRequest(request: SweepRequest): TrainingRequest {
  const { axes: _, search: _search, trials: _trials, folds: _folds, ...common } = request;
  return {
    ...common,
    head: "linear",
    optimizer: "adam",
    embedBase: false,
    out: path.join(request.out, "none"),
  };
}

function keyOf({ cut, augment }: Candidate): string {
  return JSON.stringify([cut, augment]);
}

/** What each cut and augmentation needs is computed once, whatever the number of candidates. */
async function featuresOf(
  candidates: readonly Candidate[],
  request: TrainingRequest,
  found: PreparedData,
  hooks: SweepHooks,
): Promise<ReadonlyMap<string, SweepFeatures>> {
  const features = new Map<string, SweepFeatures>();
  for (const candidate of candidates) {
    const key = keyOf(candidate);
    if (!features.has(key)) features.set(key, await sweepFeatures(request, candidate, found, hooks));
  }
  return features;
}

function validationOf(
  { folds, seed, batchSize, search }: SweepRequest,
  { digests, dataset }: PreparedData,
  features: ReadonlyMap<string, SweepFeatures>,
  candidates: number,
  engine: Engine,
  { signal, onProgress }: SweepHooks,
): CrossValidation {
  const [{ samples }] = [...features.values()] as [SweepFeatures];
  const rows = samples.flatMap(({ split }, row) => (split === "test" ? [] : [row]));
  const total = trainingsOf(search, candidates, folds);
  let done = 0;
  return {
    features: (candidate) => features.get(keyOf(candidate))!,
    rows,
    folds: foldsOf(
      rows.map((row) => samples[row]!),
      digests,
      folds,
      seed,
    ),
    foldCount: folds,
    classes: dataset.classNames.length,
    batchSize,
    seed,
    engine,
    signal,
    onFold: () => onProgress?.({ phase: "sweep", done: ++done, total, unit: "trainings" }),
  };
}

/** Trains the best candidate on all images that it was chosen by, and asks the test images once. */
async function judgeOnce(
  { candidate, failure }: OutOfFold,
  work: CrossValidation,
  epochs: number,
): Promise<TestVerdict | undefined> {
  const features = work.features(candidate);
  const testRows = features.samples.flatMap(({ split }, row) => (split === "test" ? [row] : []));
  if (testRows.length === 0 || failure !== undefined) return undefined;
  const training = { ...work, candidate, features, trainRows: work.rows, heldOutRows: testRows, epochs };
  const { right } = answers(await trainCandidate(training), testRows, features, work.classes);
  return { right: right.filter(Boolean).length, images: testRows.length };
}

function totalForwards(features: ReadonlyMap<string, SweepFeatures>): Record<"computed" | "reused", number> {
  const total = { computed: 0, reused: 0 };
  for (const { forwards } of features.values()) {
    total.computed += forwards.computed;
    total.reused += forwards.reused;
  }
  return total;
}

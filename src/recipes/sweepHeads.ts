import path from "node:path";
import { numericsClass } from "../engine/numerics.ts";
import { loadOrt } from "../engine/ort.ts";
import { headLayers } from "./classifier/headLayers.ts";
import { openForm } from "./classifier/openBase.ts";
import { type PreparedData, prepareData } from "./data/prepareData.ts";
import { FinishedRuns } from "./phases/finishedRuns.ts";
import { PhaseClock } from "./request/phaseClock.ts";
import type { TrainingRequest } from "./request/training.ts";
import { assembleSweep, type TestVerdict } from "./sweep/assembleSweep.ts";
import type { CrossValidation, OutOfFold } from "./sweep/crossValidate.ts";
import type { FoldData } from "./sweep/foldData.ts";
import { FoldJudge } from "./sweep/foldJudge.ts";
import { foldsOf } from "./sweep/folds.ts";
import { FoldThreads } from "./sweep/foldThreads.ts";
import { saveSweep } from "./sweep/saveSweep.ts";
import { fullSearch, halvingSearch, ranked, trainingsOf } from "./sweep/search.ts";
import { type Candidate, drawnCandidates, gridCandidates } from "./sweep/searchSpace.ts";
import { type SweepFeatures, sweepAugmentation, sweepFeatures } from "./sweep/sweepFeatures.ts";
import type { SweepHooks, SweepRequest, SweepResult } from "./sweep/sweepRequest.ts";

export type { SweepHooks, SweepRequest, SweepResult } from "./sweep/sweepRequest.ts";

/**
 * Tries many heads on stored features: each candidate is judged by cross-validation on all images but those of the test split. The
 * best one is then trained on all of these and judged once by the test images, which took no part in any choice. Finished trainings are
 * kept in the folder: an interrupted sweep goes on where it was.
 *
 * @throws PermafrostError INVALID_ARGUMENT for settings that make no sense; INTERRUPTED, DATA_EMPTY, ...
 */
export async function sweepHeads(request: SweepRequest, hooks: SweepHooks = {}): Promise<SweepResult> {
  const begin = performance.now();
  const candidates = candidatesOf(request);
  const training = trainingRequest(request);
  const found = await prepareData(training, hooks, new PhaseClock());
  // Before anything is computed.
  for (const { head, augment } of candidates) {
    headLayers(head, found.dataset.classNames.length);
    sweepAugmentation(augment);
  }
  for (const cut of new Set(candidates.map((candidate) => candidate.cut)))
    if (cut !== undefined) await openForm({ ...training, cut }, hooks);
  const judging = found.dataset.samples.filter(({ split }) => split !== "test");
  foldsOf(judging, found.digests, request.folds, request.seed);
  const features = await featuresOf(candidates, training, found, hooks);
  const known = validationOf(request, found, features, candidates.length, hooks);
  await using threads = await FoldThreads.start(known.data, hooks.signal);
  const judge = new FoldJudge({
    threads,
    data: known.data,
    digests: [...features.values()].map(({ digest }) => digest),
    folds: request.folds,
    finished: new FinishedRuns(path.join(request.out, "trainings"), "sweep"),
    resume: request.resume !== false,
  });
  const work = { ...known, judge };
  const search = request.search === "halving" ? halvingSearch : fullSearch;
  const judged = ranked(await search(candidates, request.epochs, work));
  const test = await judgeOnce(judged[0]!, work, request.epochs);
  const { version } = await loadOrt();
  const report = assembleSweep({
    request,
    found,
    judged,
    test,
    forwards: totalForwards(features),
    trainings: judge.trainings,
    seconds: (performance.now() - begin) / 1000,
    numericsClass: numericsClass(version),
  });
  return { report, files: await saveSweep(request.out, report) };
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

/** The folds, and behind them the part that asks the test images. */
function validationOf(
  { folds, seed, batchSize, search }: SweepRequest,
  { digests, dataset }: PreparedData,
  features: ReadonlyMap<string, SweepFeatures>,
  candidates: number,
  { onProgress }: SweepHooks,
): Omit<CrossValidation, "judge"> & { readonly data: FoldData } {
  const all = [...features.values()];
  const { samples } = all[0]!;
  const rows = samples.flatMap(({ split }, row) => (split === "test" ? [] : [row]));
  const judging = rows.map((row) => samples[row]!);
  const foldOf = foldsOf(judging, digests, folds, seed);
  const parts = Array.from({ length: folds }, (_, fold) => ({
    trainRows: Uint32Array.from(rows.filter((_, place) => foldOf[place] !== fold)),
    heldOutRows: Uint32Array.from(rows.filter((_, place) => foldOf[place] === fold)),
  }));
  const testRows = samples.flatMap(({ split }, row) => (split === "test" ? [row] : []));
  const places = new Map([...features.keys()].map((key, place) => [key, place]));
  const total = trainingsOf(search, candidates, folds);
  let done = 0;
  const tell = () => onProgress?.({ phase: "sweep", done, total, unit: "trainings" });
  tell();
  return {
    data: {
      features: all.map(({ plain, drawn }) => ({ plain, ...(drawn === undefined ? {} : { drawn }) })),
      labels: Float32Array.from(samples, ({ label }) => label),
      weights: Float32Array.from(samples, ({ weight }) => weight),
      parts: [...parts, { trainRows: Uint32Array.from(rows), heldOutRows: Uint32Array.from(testRows) }],
      classes: dataset.classNames.length,
      batchSize,
      seed,
      stop: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
    },
    featuresOf: (candidate) => places.get(keyOf(candidate))!,
    folds,
    rows,
    onFold() {
      done++;
      tell();
    },
  };
}

/** Trains the best candidate on all images that it was chosen by, and asks the test images once. */
async function judgeOnce(
  { candidate, failure }: OutOfFold,
  { judge, data, featuresOf, folds: part }: CrossValidation,
  epochs: number,
): Promise<TestVerdict | undefined> {
  const { heldOutRows } = data.parts[part]!;
  if (heldOutRows.length === 0 || failure !== undefined) return undefined;
  const answers = await judge.ask({ candidate, features: featuresOf(candidate), part, epochs });
  if (answers.failure !== undefined) return undefined;
  const { right } = answers;
  return { right: right.filter(Boolean).length, images: heldOutRows.length };
}

function totalForwards(features: ReadonlyMap<string, SweepFeatures>): Record<"computed" | "reused", number> {
  const total = { computed: 0, reused: 0 };
  for (const { forwards } of features.values()) {
    total.computed += forwards.computed;
    total.reused += forwards.reused;
  }
  return total;
}

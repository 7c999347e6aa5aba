import path from "node:path";
import { type BaseNetwork, isFoundAgain } from "../applications/index.ts";
import { packageVersion } from "../base/version.ts";
import { type Sample, type Split, splits } from "../data/dataset.ts";
import { classIntervals } from "../evaluation/classIntervals.ts";
import { labelDetails } from "../evaluation/labelDetails.ts";
import { renderPage } from "../evaluation/report/page/renderPage.ts";
import { trainingPage } from "../evaluation/report/trainingPage.ts";
import { isClassification } from "../evaluation/taskScores.ts";
import type { SplitReport, TrainingReport } from "../evaluation/trainingReport.ts";
import type { Model } from "../models/functional.ts";
import { weightsDigest } from "../models/weights.ts";
import type { DataRecord } from "../saving/bundleContents.ts";
import type { JsonObject } from "../saving/fields.ts";
import { saveBundle } from "../saving/saveBundle.ts";
import { bundleContents, describeLayer } from "./classifier/classifierBundle.ts";
import { headOf } from "./classifier/classifierModel.ts";
import { solverOf } from "./classifier/solvedHeads.ts";
import { targetRows } from "./data/expectedTargets.ts";
import { dataDigest } from "./data/prepareData.ts";
import { pageFiles } from "./pages/savePage.ts";
import { labelsOf, samplesOf } from "./phases/headTraining.ts";
import type { TrainedClassifier } from "./phases/trainPhases.ts";
import { drawsName } from "./request/augmentation.ts";
import type { PhaseClock } from "./request/phaseClock.ts";
import { describeTrained, type PhaseRecord } from "./request/phaseRecord.ts";
import type { TrainingRequest, TrainingResult } from "./request/training.ts";
import { worstMistakes } from "./scoring/mistakes.ts";
import type { ScoredSplits } from "./scoring/scoreSplits.ts";
import { worstAnswers } from "./scoring/worstAnswers.ts";

export interface SavedTraining {
  readonly request: TrainingRequest;
  readonly base: BaseNetwork;
  readonly model: Model;
  readonly trained: TrainedClassifier;
  readonly scored: ScoredSplits;
  readonly result: Omit<TrainingResult, "seconds">;
  readonly clock: PhaseClock;
}

/** Writes the bundle and, in it, the report. */
export async function saveTraining(saved: SavedTraining): Promise<void> {
  const date = new Date().toISOString();
  const page = trainingPage(await trainingReport(saved, date));
  const contents = bundleContents(saved.model, saved.base, {
    classNames: saved.result.classes,
    ...(saved.trained.dataset.task === undefined ? {} : { task: saved.trained.dataset.task }),
    // Nobody else has a base that was trained here, or in an earlier run.
    embedBase: saved.request.embedBase || isBaseChanged(saved.trained.phases) || !isFoundAgain(saved.base),
    metrics: { ...saved.scored.metrics },
    ...(saved.scored.calibration === undefined ? {} : { calibration: saved.scored.calibration }),
    run: {
      command: saved.request.commandLine,
      versions: versions(),
      seed: saved.request.seed,
      dataDigest: dataDigest(saved.trained),
      data: dataRecord(saved.request),
      numericsClass: saved.result.numericsClass,
      date,
      // Plain JSON by construction.
      training: trainingRecord(saved.request, saved.trained.phases) as JsonObject,
    },
  });
  await saveBundle(saved.request.out, contents, {
    attachments: [
      { name: pageFiles.page, content: renderPage(page) },
      { name: pageFiles.data, content: JSON.stringify(page) },
    ],
  });
}

/** Paths that hold wherever the bundle is opened from. */
function dataRecord({
  data,
  validationSplit,
  seed,
  splitSeed,
  exclude,
  relabel,
}: TrainingRequest): DataRecord {
  return {
    path: path.resolve(data),
    validationSplit,
    splitSeed: splitSeed ?? seed,
    ...(exclude === undefined ? {} : { exclude: path.resolve(exclude) }),
    ...(relabel === undefined ? {} : { relabel: path.resolve(relabel) }),
  };
}

async function trainingReport(saved: SavedTraining, created: string): Promise<TrainingReport> {
  const { request, base, model, trained, scored, result, clock } = saved;
  const present = splits.filter((split) => scored.metrics[split] !== undefined);
  return {
    title: path.parse(path.resolve(request.data)).name,
    created,
    classNames: result.classes,
    splits: present.map((split) => splitReport(split, trained, scored)),
    history: result.history,
    phases: trained.phases.map((phase) => ({ ...phase, trained: describeTrained(phase.trained) })),
    forwards: result.forwards,
    seconds: finishedPhases(clock),
    skipped: result.skipped,
    warnings: result.warnings,
    base: { name: request.base, ...cutOf(base, request), weightsDigest: weightsDigest(base) },
    preprocessing: base.preprocessing,
    head: headOf(model).map(describeLayer),
    settings: settings(request, trained.phases),
    command: request.commandLine,
    bundle: request.out,
    numericsClass: result.numericsClass,
    versions: versions(),
    classIntervals: [],
    mistakes: [],
    ...(await judgedImages(saved)),
  };
}

/** That of a bundle's base is known by the base itself. */
function cutOf({ cut }: BaseNetwork, asked: TrainingRequest): { readonly cut?: string } {
  const end = cut ?? asked.cut;
  return end === undefined ? {} : { cut: end };
}

/** What was trained and what was not, with the proof: for the bundle. */
function trainingRecord(request: TrainingRequest, phases: readonly PhaseRecord[]): object {
  const { recipe, unfreeze, batchNormalization, compat, mixing, joint, initialWeights } = request;
  return {
    ...(recipe === undefined ? {} : { recipe }),
    ...(unfreeze === undefined ? {} : { unfreeze }),
    ...(isBaseChanged(phases) ? { batchNormalization: batchNormalization ?? "inference" } : {}),
    ...(compat === undefined ? {} : { compat }),
    ...(mixing === undefined ? {} : { mixing }),
    ...(joint === undefined ? {} : { joint }),
    ...(initialWeights === undefined ? {} : { initialWeights }),
    phases,
  };
}

function isBaseChanged(phases: readonly PhaseRecord[]): boolean {
  return phases[0]?.base.before !== phases.at(-1)?.base.after;
}

/** The pictures that were judged worst, how sure the numbers of classes and labels are, and of values what the page's first picture is made of. */
async function judgedImages({ trained, scored, result }: SavedTraining): Promise<Partial<TrainingReport>> {
  const { task } = trained.dataset;
  const { samples, probabilities: outputs } = scored.last;
  if (task === undefined) {
    return {
      classIntervals: classIntervals(outputs, labelsOf(samples), result.classes),
      mistakes: await worstMistakes(scored.last, result.classes),
    };
  }
  const worst = await worstAnswers(task, scored.last, result.classes);
  const targets = targetRows(samples);
  return task === "multilabel"
    ? { task, worst, labelDetails: labelDetails(outputs, targets, result.classes) }
    : { task, worst, values: { outputs, targets } };
}

/** Without the phase that is under way: the writing of the report itself. */
function finishedPhases({ seconds }: PhaseClock): Record<string, number> {
  return Object.fromEntries(Object.entries(seconds).filter(([, value]) => value > 0));
}

function splitReport(split: Split, trained: TrainedClassifier, { metrics }: ScoredSplits): SplitReport {
  const samples = samplesOf(trained, split);
  const samplesByClass = trained.dataset.classNames.map(
    (_, label) => samples.filter((sample) => hasClass(sample, label)).length,
  );
  const scores = metrics[split];
  const counted = { split, samples: samples.length, samplesByClass };
  if (scores === undefined) return counted;
  return isClassification(scores) ? { ...counted, scores } : { ...counted, taskScores: scores };
}

/** Whether an image is of a class, or has a label. */
function hasClass({ label, targets }: Sample, wanted: number): boolean {
  return targets === undefined ? label === wanted : targets[wanted] === 1;
}

function settings(request: TrainingRequest, phases: readonly PhaseRecord[]): Record<string, string | number> {
  const { head, optimizer, epochs, batchSize, validationSplit, seed } = request;
  if (solverOf(head) !== undefined)
    return { head: `${head}, solved for without steps`, "validation split": validationSplit, seed };
  return {
    head,
    optimizer,
    "learning rate": phases
      .map(
        ({ learningRate }) =>
          `${learningRate}, ${request.schedule === "constant" ? "constant" : "falling to 0"}`,
      )
      .join("; then "),
    recipe: request.recipe ?? "at once",
    "trained part of the base": trainedPart(request, phases),
    epochs,
    "batch size": batchSize,
    "validation split": validationSplit,
    "class weight": request.classWeight ?? "none",
    augmentation: request.augmentation?.name ?? "none",
    draws: drawsName(request.augmentation?.draws),
    seed,
  };
}

function trainedPart(
  { compat, batchNormalization }: TrainingRequest,
  phases: readonly PhaseRecord[],
): string {
  if (compat !== undefined) return `all of it, though it is shown as frozen (${compat})`;
  const { name } = phases.at(-1)!;
  if (!isBaseChanged(phases) || name === "head") return "none";
  return `${name === "all" ? "all" : `from ${name} on`}, BatchNormalization in ${batchNormalization ?? "inference"} mode`;
}

function versions(): Record<string, string> {
  return { permafrost: packageVersion(), node: process.versions.node };
}

import path from "node:path";
import type { BaseNetwork } from "../applications/index.ts";
import { packageVersion } from "../base/version.ts";
import { type Split, splits } from "../data/dataset.ts";
import { renderTrainingReport } from "../evaluation/report/renderTrainingReport.ts";
import type { SplitReport, TrainingReport } from "../evaluation/trainingReport.ts";
import type { Sequential } from "../models/sequential.ts";
import { weightsDigest } from "../models/weights.ts";
import { saveBundle } from "../saving/saveBundle.ts";
import { drawsName } from "./augmentation.ts";
import { bundleContents, describeLayer } from "./classifierBundle.ts";
import { initialRate } from "./fitHead.ts";
import { samplesOf, type TrainedHead } from "./headTraining.ts";
import { worstMistakes } from "./mistakes.ts";
import type { PhaseClock } from "./phaseClock.ts";
import { dataDigest } from "./prepareData.ts";
import type { ScoredSplits } from "./scoreSplits.ts";
import type { TrainingRequest, TrainingResult } from "./training.ts";

export interface SavedTraining {
  readonly request: TrainingRequest;
  readonly base: BaseNetwork;
  readonly model: Sequential;
  readonly trained: TrainedHead;
  readonly scored: ScoredSplits;
  readonly result: Omit<TrainingResult, "seconds">;
  readonly clock: PhaseClock;
}

/** Writes the bundle and, in it, the report. */
export async function saveTraining(saved: SavedTraining): Promise<void> {
  const date = new Date().toISOString();
  const html = renderTrainingReport(await trainingReport(saved, date));
  const contents = bundleContents(saved.model, saved.base, {
    classNames: saved.result.classes,
    embedBase: saved.request.embedBase,
    metrics: { ...saved.scored.metrics },
    run: {
      command: saved.request.commandLine,
      versions: versions(),
      seed: saved.request.seed,
      dataDigest: dataDigest(saved.trained),
      numericsClass: saved.result.numericsClass,
      date,
    },
  });
  await saveBundle(saved.request.out, contents, {
    attachments: [{ name: "report.html", content: Buffer.from(html) }],
  });
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
    forwards: result.forwards,
    seconds: finishedPhases(clock),
    skipped: result.skipped,
    warnings: result.warnings,
    base: { name: request.base, weightsDigest: weightsDigest(base) },
    preprocessing: base.preprocessing,
    head: model.layers.slice(1).map(describeLayer),
    settings: settings(request),
    command: request.commandLine,
    bundle: request.out,
    numericsClass: result.numericsClass,
    versions: versions(),
    mistakes: await worstMistakes(scored.last, result.classes),
  };
}

/** Without the phase that is under way: the writing of the report itself. */
function finishedPhases({ seconds }: PhaseClock): Record<string, number> {
  return Object.fromEntries(Object.entries(seconds).filter(([, value]) => value > 0));
}

function splitReport(split: Split, trained: TrainedHead, { metrics }: ScoredSplits): SplitReport {
  const samples = samplesOf(trained, split);
  const samplesByClass = trained.dataset.classNames.map(
    (_, label) => samples.filter((sample) => sample.label === label).length,
  );
  const scores = metrics[split];
  return { split, samples: samples.length, samplesByClass, ...(scores === undefined ? {} : { scores }) };
}

function settings(request: TrainingRequest): Record<string, string | number> {
  const { head, optimizer, epochs, batchSize, validationSplit, seed } = request;
  return {
    head,
    optimizer,
    "learning rate": `${initialRate(request)}, falling to 0`,
    epochs,
    "batch size": batchSize,
    "validation split": validationSplit,
    "class weight": request.classWeight ?? "none",
    augmentation: request.augmentation?.name ?? "none",
    draws: drawsName(request.augmentation?.draws),
    seed,
  };
}

function versions(): Record<string, string> {
  return { permafrost: packageVersion(), node: process.versions.node };
}

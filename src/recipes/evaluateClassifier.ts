import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { packageVersion } from "../base/version.ts";
import type { Sample, Skipped, TargetTask } from "../data/dataset.ts";
import { calibrationScores, classificationDetails } from "../evaluation/classificationDetails.ts";
import type { EvaluationDetails, EvaluationReport } from "../evaluation/evaluationReport.ts";
import { readPredictions } from "../evaluation/probabilities.ts";
import { evaluationPage } from "../evaluation/report/evaluationPage.ts";
import type { Page } from "../evaluation/report/page/page.ts";
import type { ClassificationScores } from "../evaluation/scores.ts";
import { isClassification, type TaskScores } from "../evaluation/taskScores.ts";
import { withTemperature } from "../evaluation/temperature.ts";
import { chooseThreshold, type ThresholdAim } from "../evaluation/thresholds.ts";
import { targetRows } from "./data/expectedTargets.ts";
import { describeViews } from "./features/testViews.ts";
import { type Judgement, type JudgementRequest, judgeImages } from "./judgeImages.ts";
import type { TrainingHooks } from "./request/training.ts";
import { leastCertainAnswers } from "./scoring/leastCertainAnswers.ts";
import { worstMistakes } from "./scoring/mistakes.ts";
import {
  type LabelsPrediction,
  type Prediction,
  predictionsFor,
  type ValuesPrediction,
} from "./scoring/prediction.ts";
import { scoreOutputs } from "./scoring/taskScoring.ts";
import { worstAnswers } from "./scoring/worstAnswers.ts";

export interface EvaluationRequest extends JudgementRequest {
  /** Choose a threshold of one class's probability. */
  readonly threshold?: { readonly className: string; readonly aim: ThresholdAim };
}

/** What the classifier says of an image, and what it is. */
export interface JudgedPrediction extends Prediction {
  readonly trueClass: string;
}

/** What a network says of an image, and its labels or values. */
export type JudgedTarget =
  | (LabelsPrediction & { readonly trueLabels: readonly string[] })
  | (ValuesPrediction & { readonly trueValues: Readonly<Record<string, number>> });

export interface EvaluationResult<
  Scores extends TaskScores = ClassificationScores,
  Judged extends JudgedPrediction | JudgedTarget = JudgedPrediction,
> {
  readonly split: string;
  readonly samples: number;
  readonly scores: Scores;
  /** Of a classifier: curves, areas, calibration, top-k, a threshold, with intervals. */
  readonly details?: EvaluationDetails;
  /** Of every image, in the data set's order. */
  readonly predictions: readonly Judged[];
  readonly skipped: readonly Skipped[];
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly classes: readonly string[];
  readonly numericsClass: string;
}

/**
 * Scores a classifier on labelled images. Classes, labels and values are matched by name. Whoever evaluates a bundle of another task
 * names the types of its scores and predictions.
 *
 * @throws PermafrostError CLASS_MISMATCH for a class that the classifier does not know; DATA_EMPTY when no image is left.
 */
export async function evaluateClassifier<
  Scores extends TaskScores = ClassificationScores,
  Judged extends JudgedPrediction | JudgedTarget = JudgedPrediction,
>(
  request: EvaluationRequest,
  hooks: Omit<TrainingHooks, "onEpoch"> = {},
): Promise<EvaluationResult<Scores, Judged>> {
  return resultOf<Scores, Judged>(request, await judgeImages(request, hooks));
}

/** As `evaluateClassifier`, with the page that shows it. @param commandLine - For the record. */
export async function evaluateWithPage<
  Scores extends TaskScores = ClassificationScores,
  Judged extends JudgedPrediction | JudgedTarget = JudgedPrediction,
>(
  request: EvaluationRequest & { readonly commandLine: string },
  hooks: Omit<TrainingHooks, "onEpoch"> = {},
): Promise<{ readonly result: EvaluationResult<Scores, Judged>; readonly page: Page }> {
  const judgement = await judgeImages(request, hooks);
  const result = resultOf<Scores, Judged>(request, judgement);
  return { result, page: evaluationPage(await reportOf(request, judgement, result)) };
}

function resultOf<Scores extends TaskScores, Judged extends JudgedPrediction | JudgedTarget>(
  request: EvaluationRequest,
  judgement: Judgement,
): EvaluationResult<Scores, Judged> {
  const { classifier, samples, outputs, split, skipped, forwards, numericsClass } = judgement;
  const { classNames } = classifier;
  const task = classifier.task === "classification" ? undefined : classifier.task;
  const predictions = predictionsFor(classifier.task, samples, outputs, classNames);
  const scores = scoreOutputs(task, outputs, samples, classNames);
  return {
    split,
    samples: samples.length,
    scores: scores as Scores,
    ...(isClassification(scores) ? { details: detailsOf(request, judgement) } : {}),
    predictions: predictions.map((made, row) => ({
      ...made,
      ...truthOf(task, samples[row]!, classNames),
    })) as readonly object[] as readonly Judged[],
    skipped,
    forwards,
    classes: classNames,
    numericsClass,
  };
}

function detailsOf(
  { threshold }: EvaluationRequest,
  { classifier, samples, outputs }: Judgement,
): EvaluationDetails {
  const { classNames, calibration } = classifier;
  const labels = samples.map(({ label }) => label);
  const predictions = readPredictions(outputs, labels, classNames);
  const temperature = calibration?.temperature;
  return {
    ...classificationDetails(outputs, labels, classNames),
    ...(temperature === undefined
      ? {}
      : {
          calibrated: {
            temperature,
            ...calibrationScores(
              readPredictions(withTemperature(predictions, temperature), labels, classNames),
              labels,
            ),
          },
        }),
    ...(threshold === undefined
      ? {}
      : {
          threshold: thresholdOf(
            threshold,
            classNames,
            (label) => labels.map((_, row) => predictions.probability(row, label)),
            labels,
          ),
        }),
  };
}

function thresholdOf(
  { className, aim }: NonNullable<EvaluationRequest["threshold"]>,
  classNames: readonly string[],
  scores: (label: number) => readonly number[],
  labels: readonly number[],
) {
  const label = classNames.indexOf(className);
  if (label === -1) {
    throw new PermafrostError(
      "CLASS_MISMATCH",
      `threshold: ${JSON.stringify(className)} is no class of the classifier, which has ${classNames.map((name) => JSON.stringify(name)).join(", ")}.`,
    );
  }
  return chooseThreshold(
    scores(label),
    labels.map((one) => Number(one === label)),
    className,
    aim,
  );
}

async function reportOf(
  request: EvaluationRequest & { readonly commandLine: string },
  judgement: Judgement,
  {
    scores,
    details,
    forwards,
    skipped,
    numericsClass,
  }: EvaluationResult<TaskScores, JudgedPrediction | JudgedTarget>,
): Promise<EvaluationReport> {
  const { classifier, samples, outputs, warnings } = judgement;
  const { classNames, task } = classifier;
  const judged = { samples, probabilities: outputs };
  return {
    title: path.parse(path.resolve(request.data)).name,
    created: new Date().toISOString(),
    split: judgement.split,
    bundle: request.bundle,
    classNames,
    scores,
    ...(task === "classification" && isClassification(scores) && details !== undefined
      ? {
          classification: {
            scores,
            details,
            mistakes: await worstMistakes(judged, classNames),
            uncertain: await leastCertainAnswers(judged, classNames),
          },
        }
      : {}),
    ...(task === "classification"
      ? {}
      : {
          other: {
            outputs,
            targets: targetRows(samples),
            worst: await worstAnswers(task, judged, classNames),
          },
        }),
    ...(request.views === undefined ? {} : { views: describeViews(request.views) }),
    forwards,
    skipped,
    warnings,
    command: request.commandLine,
    numericsClass,
    version: packageVersion(),
  };
}

function truthOf(
  task: TargetTask | undefined,
  { className, targets = [] }: Sample,
  names: readonly string[],
) {
  if (task === undefined) return { trueClass: className };
  if (task === "multilabel") return { trueLabels: names.filter((_, index) => targets[index] === 1) };
  return { trueValues: Object.fromEntries(names.map((name, index) => [name, targets[index]!])) };
}

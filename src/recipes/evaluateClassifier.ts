import path from "node:path";
import { packageVersion } from "../base/version.ts";
import type { Sample, Skipped, Split, TargetTask } from "../data/dataset.ts";
import type { EvaluationReport } from "../evaluation/evaluationReport.ts";
import type { MultilabelScores } from "../evaluation/labelScores.ts";
import { evaluationPage } from "../evaluation/report/evaluation/evaluationPage.ts";
import type { Page } from "../evaluation/report/page/page.ts";
import type { ClassificationScores } from "../evaluation/scores.ts";
import type { TaskScores } from "../evaluation/taskScores.ts";
import type { RegressionScores } from "../evaluation/valueScores.ts";
import { targetRows } from "./data/expectedTargets.ts";
import { describeViews } from "./features/testViews.ts";
import { type Judgement, type JudgementRequest, judgeImages } from "./judgeImages.ts";
import type { TrainingHooks } from "./request/training.ts";
import { type TaskDetails, taskDetails, type WantedThreshold } from "./scoring/evaluationDetails.ts";
import { leastCertainAnswers } from "./scoring/leastCertainAnswers.ts";
import { leastCertainLabels } from "./scoring/leastCertainLabels.ts";
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
  /** Choose a threshold of one class's or label's probability. */
  readonly threshold?: WantedThreshold;
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
> extends TaskDetails {
  readonly split: Split | "all";
  readonly samples: number;
  readonly scores: Scores;
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
  const details = taskDetails(judgement, request.threshold);
  const predictions = predictionsFor(classifier.task, samples, outputs, classNames);
  return {
    split,
    samples: samples.length,
    scores: scoreOutputs(task, outputs, samples, classNames) as Scores,
    ...details,
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

async function reportOf(
  request: EvaluationRequest & { readonly commandLine: string },
  judgement: Judgement,
  result: EvaluationResult<TaskScores, JudgedPrediction | JudgedTarget>,
): Promise<EvaluationReport> {
  const { forwards, skipped, numericsClass } = result;
  return {
    title: path.parse(path.resolve(request.data)).name,
    created: new Date().toISOString(),
    split: judgement.split,
    bundle: request.bundle,
    classNames: judgement.classifier.classNames,
    judged: await judgedOf(judgement, result),
    ...(request.views === undefined ? {} : { views: describeViews(request.views) }),
    forwards,
    skipped,
    warnings: judgement.warnings,
    command: request.commandLine,
    numericsClass,
    version: packageVersion(),
  };
}

/** The scores by task, with the pictures that are worth a look. */
async function judgedOf(
  { classifier, samples, outputs }: Judgement,
  {
    scores,
    details,
    labelDetails,
    valueDetails,
  }: EvaluationResult<TaskScores, JudgedPrediction | JudgedTarget>,
): Promise<EvaluationReport["judged"]> {
  const { classNames } = classifier;
  const images = { samples, probabilities: outputs };
  if (details !== undefined) {
    return {
      task: "classification",
      scores: scores as ClassificationScores,
      details,
      mistakes: await worstMistakes(images, classNames),
      uncertain: await leastCertainAnswers(images, classNames),
    };
  }
  if (labelDetails !== undefined) {
    return {
      task: "multilabel",
      scores: scores as MultilabelScores,
      details: labelDetails,
      worst: await worstAnswers("multilabel", images, classNames),
      uncertain: await leastCertainLabels(images, classNames),
    };
  }
  return {
    task: "regression",
    scores: scores as RegressionScores,
    details: valueDetails!,
    outputs,
    targets: targetRows(samples),
    worst: await worstAnswers("regression", images, classNames),
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

import { PermafrostError } from "../../base/errors.ts";
import type { Sample } from "../../data/dataset.ts";
import { classificationDetails } from "../../evaluation/classificationDetails.ts";
import type { EvaluationDetails, LabelEvaluationDetails } from "../../evaluation/evaluationReport.ts";
import { labelDetails } from "../../evaluation/labelDetails.ts";
import { readPredictions } from "../../evaluation/probabilities.ts";
import { type ChosenThreshold, chooseThreshold, type ThresholdAim } from "../../evaluation/thresholds.ts";
import { type ValueDetails, valueDetails } from "../../evaluation/valueDetails.ts";
import type { BundleContents } from "../../saving/bundleContents.ts";
import { targetRows } from "../data/expectedTargets.ts";
import { labelsOf } from "../phases/headTraining.ts";
import { expectRowsOfNumbers } from "./expectNumbers.ts";

/** A threshold that is asked for: of which class or label, and by what it is chosen. */
export interface WantedThreshold {
  readonly className: string;
  readonly aim: ThresholdAim;
}

/** What a network says of images, beside the images. */
export interface JudgedOutputs {
  readonly classifier: {
    readonly task: Exclude<BundleContents["task"], "reconstruction">;
    readonly classNames: readonly string[];
    readonly calibration?: BundleContents["calibration"];
  };
  readonly samples: readonly Sample[];
  /** [samples, classes], labels or values. */
  readonly outputs: Float32Array;
}

/** What there is to know beside the scores, by the network's task. */
export interface TaskDetails {
  /** Of a classifier: curves, areas, calibration, top-k, a threshold, with intervals. */
  readonly details?: EvaluationDetails;
  /** The same for labels. */
  readonly labelDetails?: LabelEvaluationDetails;
  /** Of numbers: errors and their intervals. */
  readonly valueDetails?: ValueDetails;
}

/**
 * @throws PermafrostError WEIGHTS_INVALID for outputs that are no numbers, with the image; INVALID_ARGUMENT for a threshold of a network that gives
 *   values; CLASS_MISMATCH for a threshold of a class that there is not.
 */
export function taskDetails(judged: JudgedOutputs, wanted: WantedThreshold | undefined): TaskDetails {
  const { classifier, samples, outputs } = judged;
  expectRowsOfNumbers(samples, outputs);
  const { classNames } = classifier;
  switch (classifier.task) {
    case "classification":
      return { details: classDetails(judged, wanted) };
    case "multilabel": {
      const targets = targetRows(samples);
      const chosen = thresholdOf(wanted, classNames, (label) => {
        const pick = (rows: Float32Array) => rows.filter((_, at) => at % classNames.length === label);
        return [pick(outputs), pick(targets)];
      });
      return { labelDetails: { ...labelDetails(outputs, targets, classNames), ...chosen } };
    }
    case "regression":
      if (wanted !== undefined) throw noThreshold();
      return { valueDetails: valueDetails(outputs, targetRows(samples), classNames) };
  }
}

function classDetails(
  { classifier, samples, outputs }: JudgedOutputs,
  wanted: WantedThreshold | undefined,
): EvaluationDetails {
  const { classNames, calibration } = classifier;
  const labels = labelsOf(samples);
  const options = calibration === undefined ? {} : { temperature: calibration.temperature };
  const predictions = readPredictions(outputs, labels, classNames);
  const chosen = thresholdOf(wanted, classNames, (label) => [
    Float32Array.from(labels, (_, row) => predictions.probability(row, label)),
    Uint8Array.from(labels, (one) => Number(one === label)),
  ]);
  return { ...classificationDetails(outputs, labels, classNames, options), ...chosen };
}

function thresholdOf(
  wanted: WantedThreshold | undefined,
  classNames: readonly string[],
  columnOf: (label: number) => readonly [scores: ArrayLike<number>, targets: ArrayLike<number>],
): { readonly threshold?: ChosenThreshold } {
  if (wanted === undefined) return {};
  const { className, aim } = wanted;
  const label = classNames.indexOf(className);
  if (label === -1) {
    throw new PermafrostError(
      "CLASS_MISMATCH",
      `threshold: ${JSON.stringify(className)} is no class of the classifier, which has ${classNames.map((name) => JSON.stringify(name)).join(", ")}.`,
    );
  }
  return { threshold: chooseThreshold(...columnOf(label), className, aim) };
}

function noThreshold(): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    "threshold: the bundle gives numbers, not probabilities: there is nothing to call a class. Leave --positive, --target-precision and --cost-* out.",
  );
}

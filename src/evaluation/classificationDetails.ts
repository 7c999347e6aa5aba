import {
  brierScores,
  type CalibrationScores,
  type Confidences,
  expectedCalibrationError,
  reliability,
  resampledCalibrationError,
} from "./calibration.ts";
import { resampledF1, tallyOf } from "./classIntervals.ts";
import { type ClassDetails, columnDetails, meanOfKnown } from "./columnDetails.ts";
import { type Interval, meanInterval, wilsonInterval } from "./interval.ts";
import { type Predictions, readPredictions } from "./probabilities.ts";
import { type Ranking, rankScores } from "./ranking.ts";
import { resampledAreas } from "./resampledAreas.ts";
import { resampledIntervals } from "./resampling.ts";
import { classRemarks } from "./scoreRemarks.ts";
import { withTemperature } from "./temperature.ts";

export interface TopK {
  readonly k: number;
  readonly accuracy: number;
  readonly interval: Interval;
}

/** What there is to know of a classifier's probabilities beside `ClassificationScores`; plain data. */
export interface ClassificationDetails {
  readonly perClass: readonly ClassDetails[];
  readonly macroF1Interval: Interval | null;
  /** Means over the classes that have one. */
  readonly meanAuc: number | null;
  readonly meanAucInterval: Interval | null;
  readonly meanAveragePrecision: number | null;
  readonly meanAveragePrecisionInterval: Interval | null;
  readonly topK: readonly TopK[];
  readonly calibration: CalibrationScores;
  /** With a temperature; left out where none is given. */
  readonly calibrated?: CalibrationScores & { readonly temperature: number };
  /** What makes the numbers doubtful, in sentences. */
  readonly remarks: readonly string[];
}

/**
 * @param probabilities - [n, k] row by row, or [n] probabilities of class 1 for two classes.
 * @param options.temperature - Also tell how well probabilities with their logits divided by it are calibrated.
 * @throws PermafrostError as `classificationScores` does, for probabilities that are not numbers too.
 */
export function classificationDetails(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classNames: readonly string[],
  { temperature }: { readonly temperature?: number } = {},
): ClassificationDetails {
  const predictions = readPredictions(probabilities, labels, classNames);
  const { samples } = predictions;
  const said = Int32Array.from({ length: samples }, (_, sample) => predictions.predicted(sample));
  const rankings = classNames.map((_, label) => rankingOf(predictions, labels, label));
  const scaled =
    temperature === undefined
      ? undefined
      : readPredictions(withTemperature(predictions, temperature), labels, classNames);
  const sure = [predictions, ...(scaled === undefined ? [] : [scaled])].map((each) => ({
    predictions: each,
    confidences: confidencesOf(each, said, labels),
  }));
  const [f1 = [], areas = [], ...errors] = resampledIntervals(samples, [
    resampledF1(said, labels, classNames.length),
    resampledAreas(rankings),
    ...sure.map(({ confidences }) => resampledCalibrationError(confidences, samples)),
  ]);
  const [plain, calibrated] = sure.map((each, at) => calibrationScores(each, labels, errors[at]?.[0]));
  const tally = tallyOf(said, labels, classNames.length);
  const perClass = classNames.map((className, label) =>
    columnDetails(
      className,
      rankings[label]!,
      { called: tally.called[label]!, hits: tally.hits[label]! },
      { f1Interval: f1[label] ?? null, averagePrecisionInterval: areas[2 * label] ?? null },
    ),
  );
  return {
    perClass,
    macroF1Interval: f1[classNames.length] ?? null,
    meanAuc: meanOfKnown(perClass.map(({ auc }) => auc)),
    meanAucInterval: areas[2 * classNames.length + 1] ?? null,
    meanAveragePrecision: meanOfKnown(perClass.map((each) => each.averagePrecision)),
    meanAveragePrecisionInterval: areas[2 * classNames.length] ?? null,
    topK: topAccuracies(predictions, labels),
    calibration: plain!,
    ...(temperature === undefined ? {} : { calibrated: { temperature, ...calibrated! } }),
    remarks: classRemarks(tally.called, perClass),
  };
}

function rankingOf(predictions: Predictions, labels: ArrayLike<number>, label: number): Ranking {
  const { samples } = predictions;
  return rankScores(
    Float32Array.from({ length: samples }, (_, sample) => predictions.probability(sample, label)),
    Uint8Array.from({ length: samples }, (_, sample) => Number(labels[sample] === label)),
  );
}

/** How often the truth is among the 1, 2, 3, 5 most probable classes; of equal probabilities the first class goes first. */
function topAccuracies(predictions: Predictions, labels: ArrayLike<number>): TopK[] {
  const { samples, classes } = predictions;
  const ranks = Int32Array.from({ length: samples }, (_, sample) => rankOfTruth(predictions, labels, sample));
  return [1, 2, 3, 5]
    .filter((k) => k < classes)
    .map((k) => {
      const right = ranks.filter((rank) => rank < k).length;
      return { k, accuracy: right / samples, interval: wilsonInterval(right, samples) };
    });
}

function rankOfTruth(predictions: Predictions, labels: ArrayLike<number>, sample: number): number {
  const label = labels[sample]!;
  const own = predictions.probability(sample, label);
  let rank = 0;
  for (let other = 0; other < predictions.classes; other++) {
    const p = predictions.probability(sample, other);
    if (p > own || (p === own && other < label)) rank++;
  }
  return rank;
}

/** Of the class that is named: its probability against how often it is right. A temperature changes no answer. */
function confidencesOf(predictions: Predictions, said: Int32Array, labels: ArrayLike<number>): Confidences {
  return {
    confidences: Float64Array.from(said, (label, sample) => predictions.probability(sample, label)),
    right: Uint8Array.from(said, (label, sample) => Number(label === labels[sample])),
  };
}

function calibrationScores(
  { predictions, confidences }: { readonly predictions: Predictions; readonly confidences: Confidences },
  labels: ArrayLike<number>,
  errorInterval: Interval | undefined,
): CalibrationScores {
  const bins = reliability(confidences.confidences, confidences.right);
  const brier = brierScores(predictions, labels);
  return {
    bins,
    expectedCalibrationError: expectedCalibrationError(bins),
    expectedCalibrationErrorInterval: errorInterval ?? null,
    brier: brier.reduce((sum, score) => sum + score, 0) / brier.length,
    brierInterval: meanInterval(brier),
  };
}

import { areaInterval } from "./areaInterval.ts";
import {
  binOf,
  brierScores,
  expectedCalibrationError,
  type ReliabilityBin,
  reliability,
  reliabilityBins,
} from "./calibration.ts";
import { type PrecisionRecallCurve, precisionRecallCurve, type RocCurve, rocCurve } from "./curves.ts";
import { type Interval, meanInterval, wilsonInterval } from "./interval.ts";
import { type Predictions, readPredictions } from "./probabilities.ts";
import { areaUnderRoc, averagePrecision } from "./ranking.ts";
import { resampledIntervals } from "./resampling.ts";

/** One class against all others. Intervals are of 95 %; null where there is too little to tell. */
export interface ClassDetails {
  readonly className: string;
  readonly support: number;
  readonly precisionInterval: Interval | null;
  readonly recallInterval: Interval | null;
  readonly f1Interval: Interval | null;
  readonly auc: number | null;
  readonly aucInterval: Interval | null;
  readonly averagePrecision: number | null;
  readonly averagePrecisionInterval: Interval | null;
  readonly roc: RocCurve | null;
  readonly precisionRecall: PrecisionRecallCurve | null;
}

export interface TopK {
  readonly k: number;
  readonly accuracy: number;
  readonly interval: Interval;
}

/** How far probabilities can be taken at their word. */
export interface CalibrationScores {
  /** Of the probability of the class that is named. */
  readonly bins: readonly ReliabilityBin[];
  readonly expectedCalibrationError: number;
  readonly expectedCalibrationErrorInterval: Interval | null;
  readonly brier: number;
  readonly brierInterval: Interval;
}

/** What there is to know of a classifier's probabilities beside `ClassificationScores`; plain data. */
export interface ClassificationDetails {
  readonly perClass: readonly ClassDetails[];
  readonly macroF1Interval: Interval | null;
  /** Means over the classes that have one. */
  readonly meanAuc: number | null;
  readonly meanAveragePrecision: number | null;
  readonly topK: readonly TopK[];
  readonly calibration: CalibrationScores;
  /** What makes the numbers doubtful, in sentences. */
  readonly remarks: readonly string[];
}

/** Below this many images of a class its numbers say little. */
const fewImages = 10;

/** Additions that the average precisions of all resampled sets may take together. */
const mostAdditions = 2e8;

/**
 * @param probabilities - [n, k] row by row, or [n] probabilities of class 1 for two classes.
 * @throws PermafrostError as `classificationScores` does, for probabilities that are not numbers too.
 */
export function classificationDetails(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classNames: readonly string[],
): ClassificationDetails {
  const predictions = readPredictions(probabilities, labels, classNames);
  const { samples } = predictions;
  const said = Int32Array.from({ length: samples }, (_, sample) => predictions.predicted(sample));
  const columns = classNames.map((_, label) => columnOf(predictions, labels, label));
  const f1 = f1Intervals(said, labels, classNames.length);
  const areas = precisionIntervals(columns);
  const perClass = classNames.map((className, label): ClassDetails => {
    const { scores, targets } = columns[label]!;
    const support = sum(targets);
    const called = said.filter((one) => one === label).length;
    const hits = said.filter((one, sample) => one === label && labels[sample] === label).length;
    return {
      className,
      support,
      precisionInterval: called === 0 ? null : wilsonInterval(hits, called),
      recallInterval: support === 0 ? null : wilsonInterval(hits, support),
      f1Interval: f1.perClass[label] ?? null,
      auc: areaUnderRoc(scores, targets),
      aucInterval: areaInterval(scores, targets) ?? null,
      averagePrecision: averagePrecision(scores, targets),
      averagePrecisionInterval: areas[label] ?? null,
      roc: rocCurve(scores, targets) ?? null,
      precisionRecall: precisionRecallCurve(scores, targets) ?? null,
    };
  });
  return {
    perClass,
    macroF1Interval: f1.macro,
    meanAuc: meanOfKnown(perClass.map(({ auc }) => auc)),
    meanAveragePrecision: meanOfKnown(perClass.map((each) => each.averagePrecision)),
    topK: topAccuracies(predictions, labels),
    calibration: calibrationScores(predictions, labels),
    remarks: remarks(perClass, said),
  };
}

interface ClassColumn {
  readonly scores: Float32Array;
  /** 1 for samples of the class. */
  readonly targets: Float32Array;
}

function columnOf(predictions: Predictions, labels: ArrayLike<number>, label: number): ClassColumn {
  const { samples } = predictions;
  return {
    scores: Float32Array.from({ length: samples }, (_, sample) => predictions.probability(sample, label)),
    targets: Float32Array.from({ length: samples }, (_, sample) => Number(labels[sample] === label)),
  };
}

function f1Intervals(
  said: Int32Array,
  labels: ArrayLike<number>,
  classes: number,
): { readonly perClass: readonly (Interval | undefined)[]; readonly macro: Interval | null } {
  const intervals = resampledIntervals(said.length, (counts) => {
    const [hits, called, present] = [0, 0, 0].map(() => new Float64Array(classes)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    for (let sample = 0; sample < said.length; sample++) {
      const count = counts[sample]!;
      const label = labels[sample]!;
      called[said[sample]!]! += count;
      present[label]! += count;
      if (said[sample] === label) hits[label]! += count;
    }
    const f1 = Array.from(hits, (hit, label) => {
      const whole = called[label]! + present[label]!;
      return whole === 0 ? 0 : (2 * hit) / whole;
    });
    return [...f1, sum(f1) / classes];
  });
  return { perClass: intervals.slice(0, classes), macro: intervals[classes] ?? null };
}

/** Of the average precisions, as far as time allows: all of them with fewer sets of images where there are many classes. */
function precisionIntervals(columns: readonly ClassColumn[]): readonly (Interval | undefined)[] {
  const samples = columns[0]!.scores.length;
  const rounds = Math.min(1000, Math.floor(mostAdditions / (samples * columns.length)));
  if (rounds < 200) return [];
  const sorted = columns.map(({ scores, targets }) => {
    const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
    return {
      order,
      targets: Uint8Array.from(order, (row) => targets[row]!),
      isLast: Uint8Array.from(order, (row, place) => Number(scores[order[place + 1] ?? -1] !== scores[row])),
    };
  });
  return resampledIntervals(
    samples,
    (counts) =>
      sorted.map(({ order, targets, isLast }) => {
        let [area, hits, called, hitsBefore] = [0, 0, 0, 0];
        for (let place = 0; place < order.length; place++) {
          const count = counts[order[place]!]!;
          called += count;
          hits += count * targets[place]!;
          if (isLast[place] === 0 || hits === hitsBefore) continue;
          area += (hits - hitsBefore) * (hits / called);
          hitsBefore = hits;
        }
        return hits === 0 ? Number.NaN : area / hits;
      }),
    { rounds },
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

/** Of the class that is named: its probability against how often it is right. */
export function calibrationScores(predictions: Predictions, labels: ArrayLike<number>): CalibrationScores {
  const { samples } = predictions;
  const said = Int32Array.from({ length: samples }, (_, sample) => predictions.predicted(sample));
  const confidences = Float64Array.from(said, (label, sample) => predictions.probability(sample, label));
  const right = Float64Array.from(said, (label, sample) => Number(label === labels[sample]));
  const bins = reliability(confidences, right);
  const brier = brierScores(predictions, labels);
  const place = Uint8Array.from(confidences, (confidence) => binOf(confidence, reliabilityBins));
  const [interval] = resampledIntervals(samples, (counts) => {
    const gaps = new Float64Array(reliabilityBins);
    for (let sample = 0; sample < samples; sample++) {
      gaps[place[sample]!]! += counts[sample]! * (right[sample]! - confidences[sample]!);
    }
    return [sum(gaps.map(Math.abs)) / samples];
  });
  return {
    bins,
    expectedCalibrationError: expectedCalibrationError(bins),
    expectedCalibrationErrorInterval: interval ?? null,
    brier: sum(brier) / samples,
    brierInterval: meanInterval(brier),
  };
}

function remarks(perClass: readonly ClassDetails[], said: Int32Array): string[] {
  const few = perClass.filter(({ support }) => support > 0 && support < fewImages);
  const missing = perClass.filter(({ support }) => support === 0);
  const only = said.every((label) => label === said[0]) ? perClass[said[0]!]!.className : undefined;
  const names = (rows: readonly ClassDetails[]) =>
    rows.map(({ className }) => JSON.stringify(className)).join(", ");
  return [
    ...(only === undefined || perClass.length < 2
      ? []
      : [
          `Every image was called ${JSON.stringify(only)}: the classifier tells nothing apart at its usual threshold.`,
        ]),
    ...(missing.length === 0
      ? []
      : [
          `No image of ${names(missing)}: nothing can be said of ${missing.length === 1 ? "this class" : "these classes"}.`,
        ]),
    ...(few.length === 0
      ? []
      : [
          `Fewer than ${fewImages} images of ${names(few)}: the intervals are wide, and a single image changes the numbers.`,
        ]),
  ];
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index]!;
  return total;
}

function meanOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : sum(known) / known.length;
}

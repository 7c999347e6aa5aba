import {
  type CalibrationScores,
  type Confidences,
  expectedCalibrationError,
  reliability,
  resampledCalibrationError,
} from "./calibration.ts";
import { type ClassDetails, columnDetails, meanOfKnown } from "./columnDetails.ts";
import { type Interval, meanInterval } from "./interval.ts";
import { expectRows, labelThreshold } from "./labelScores.ts";
import { rankScores } from "./ranking.ts";
import { resampledAreas } from "./resampledAreas.ts";
import { type ResampledNumbers, resampledIntervals } from "./resampling.ts";
import { supportRemarks } from "./scoreRemarks.ts";

/** What there is to know of probabilities of labels beside `MultilabelScores`; plain data. Intervals are of 95 %. */
export interface LabelDetails {
  readonly perLabel: readonly ClassDetails[];
  readonly macroF1Interval: Interval | null;
  readonly microF1Interval: Interval | null;
  /** Of the share of right decisions; images are drawn again, since the labels of one image hang together. */
  readonly labelAccuracyInterval: Interval | null;
  readonly meanAuc: number | null;
  readonly meanAucInterval: Interval | null;
  readonly meanAveragePrecision: number | null;
  readonly meanAveragePrecisionInterval: Interval | null;
  /** Of every label's probability: how often a label with such a probability is there. */
  readonly calibration: CalibrationScores;
  /** What makes the numbers doubtful, in sentences. */
  readonly remarks: readonly string[];
}

/** Decisions that all resampled sets may take together. */
const mostDecisions = 2e8;

/**
 * @param probabilities - [n, labels], row by row.
 * @param targets - [n, labels] of 0 and 1.
 * @throws PermafrostError as `multilabelScores` does.
 */
export function labelDetails(
  probabilities: Float32Array,
  targets: Float32Array,
  names: readonly string[],
): LabelDetails {
  const samples = expectRows("probabilities", probabilities, targets, names);
  const width = names.length;
  const rankings = names.map((_, label) => {
    const pick = (values: Float32Array) =>
      Float32Array.from({ length: samples }, (_, row) => values[row * width + label]!);
    return rankScores(pick(probabilities), pick(targets));
  });
  const decisions = decisionsOfLabels(probabilities, targets);
  const confidences = { confidences: Float64Array.from(probabilities), right: Uint8Array.from(targets) };
  const [f1 = [], areas = [], errors = []] = resampledIntervals(samples, [
    resampledF1(decisions, width),
    resampledAreas(rankings),
    resampledCalibrationError(confidences, samples),
  ]);
  const perLabel = names.map((className, label) =>
    columnDetails(className, rankings[label]!, calledOf(decisions, width, label), {
      f1Interval: f1[label] ?? null,
      averagePrecisionInterval: areas[2 * label] ?? null,
    }),
  );
  return {
    perLabel,
    macroF1Interval: f1[width] ?? null,
    microF1Interval: f1[width + 1] ?? null,
    labelAccuracyInterval: f1[width + 2] ?? null,
    meanAuc: meanOfKnown(perLabel.map(({ auc }) => auc)),
    meanAucInterval: areas[2 * width + 1] ?? null,
    meanAveragePrecision: meanOfKnown(perLabel.map((each) => each.averagePrecision)),
    meanAveragePrecisionInterval: areas[2 * width] ?? null,
    calibration: calibrationOf(confidences, samples, errors[0]),
    remarks: [...sameAnswers(decisions, width, names), ...supportRemarks(perLabel, "label")],
  };
}

const given = 1;
const there = 2;

/** Of every label of every image: given, there, both or neither. */
function decisionsOfLabels(probabilities: Float32Array, targets: Float32Array): Uint8Array {
  return Uint8Array.from(
    probabilities,
    (p, at) => (p > labelThreshold ? given : 0) + (targets[at] === 1 ? there : 0),
  );
}

function calledOf(decisions: Uint8Array, width: number, label: number) {
  const own = decisions.filter((_, at) => at % width === label);
  const count = (wanted: number) => own.filter((each) => (each & wanted) === wanted).length;
  return { called: count(given), hits: count(given + there) };
}

/** F1 of every label, their mean, F1 over all decisions, and the share of right decisions. */
function resampledF1(decisions: Uint8Array, width: number): ResampledNumbers {
  const samples = decisions.length / width;
  return {
    rounds: Math.floor(mostDecisions / decisions.length),
    of: (counts) => {
      const tally = new Float64Array(4 * width);
      for (let at = 0, sample = 0; sample < samples; sample++) {
        const count = counts[sample]!;
        for (let label = 0; label < width; label++, at++) tally[4 * label + decisions[at]!]! += count;
      }
      const numbers = new Float64Array(width + 3);
      const all = { hits: 0, wrong: 0 };
      for (let label = 0; label < width; label++) {
        const hits = tally[4 * label + given + there]!;
        const wrong = tally[4 * label + given]! + tally[4 * label + there]!;
        numbers[label] = f1Of(hits, wrong);
        numbers[width]! += numbers[label]! / width;
        all.hits += hits;
        all.wrong += wrong;
      }
      numbers[width + 1] = f1Of(all.hits, all.wrong);
      numbers[width + 2] = 1 - all.wrong / decisions.length;
      return numbers;
    },
  };
}

function f1Of(hits: number, wrong: number): number {
  return hits + wrong === 0 ? 0 : (2 * hits) / (2 * hits + wrong);
}

function calibrationOf(
  { confidences, right }: Confidences,
  samples: number,
  errorInterval: Interval | undefined,
): CalibrationScores {
  const bins = reliability(confidences, right);
  const width = confidences.length / samples;
  // The labels of one image hang together: the interval takes the mean of each image as one number.
  const brier = new Float64Array(samples);
  for (const [at, p] of confidences.entries())
    brier[Math.floor(at / width)]! += (p - right[at]!) ** 2 / width;
  return {
    bins,
    expectedCalibrationError: expectedCalibrationError(bins),
    expectedCalibrationErrorInterval: errorInterval ?? null,
    brier: brier.reduce((sum, each) => sum + each, 0) / samples,
    brierInterval: meanInterval(brier),
  };
}

function sameAnswers(decisions: Uint8Array, width: number, names: readonly string[]): string[] {
  const always = names.flatMap((name, label) => {
    const own = decisions.filter((_, at) => at % width === label);
    const count = own.filter((each) => (each & given) > 0).length;
    const isSame = count === 0 || count === own.length;
    return isSame ? [`${JSON.stringify(name)} was given to ${count === 0 ? "no image" : "every image"}`] : [];
  });
  return always.length === 0
    ? []
    : [`${always.join(", ")}: at a probability of 50 % the network tells nothing apart there.`];
}

import { PermafrostError } from "../base/errors.ts";
import { type Interval, wilsonInterval } from "./interval.ts";
import { crossEntropy } from "./probabilities.ts";
import { areaUnderRoc, averagePrecision, decisionsOf, rankScores } from "./ranking.ts";

/** Precision, recall and their harmonic mean. Undefined ratios (0/0) are 0. */
interface F1Scores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** How well one label is found. */
export interface LabelScores extends F1Scores {
  readonly className: string;
  /** Images that have the label. */
  readonly support: number;
  /** Area under precision against recall, in steps (scikit-learn's); null where no image has the label. */
  readonly averagePrecision: number | null;
  /** The chance that an image with the label gets more than one without it; null where one of the two is missing. */
  readonly auc: number | null;
}

/** How good predictions of several labels an image are; plain data. */
export interface MultilabelScores {
  readonly task: "multilabel";
  readonly samples: number;
  /** Mean binary cross-entropy over all labels, in nats. */
  readonly loss: number;
  /** Share of the images whose labels are all right. */
  readonly exactMatch: number;
  /** 95 % Wilson interval of it. */
  readonly exactMatchInterval: Interval;
  /** Share of right decisions over all images and labels. */
  readonly labelAccuracy: number;
  readonly perLabel: readonly LabelScores[];
  /** Every label counts the same. */
  readonly macro: F1Scores;
  /** Every decision counts the same. */
  readonly micro: F1Scores;
  /** Mean average precision (mAP) of the labels that have one. */
  readonly meanAveragePrecision: number | null;
  readonly meanAuc: number | null;
}

/** A label is there if its probability is above it, strictly. */
export const labelThreshold = 0.5;

/**
 * Scores as scikit-learn computes them (`zero_division=0`).
 *
 * @param probabilities - [n, labels], row by row.
 * @param targets - [n, labels] of 0 and 1.
 * @throws PermafrostError DATA_EMPTY without samples; SHAPE_MISMATCH; INVALID_ARGUMENT for a prediction that is no number.
 */
export function multilabelScores(
  probabilities: Float32Array,
  targets: Float32Array,
  names: readonly string[],
): MultilabelScores {
  const samples = expectRows("probabilities", probabilities, targets, names);
  const columns = names.map((_, label) => columnOf(probabilities, targets, names.length, label));
  const perLabel = names.map((className, label) => scoresOfLabel(className, columns[label]!));
  const exact = Array.from({ length: samples }, (_, row) => columns.every((column) => isRight(column, row)));
  const exactCount = exact.filter(Boolean).length;
  const counts = columns.map(countsOf);
  const decisions = samples * names.length;
  const wrong = counts.reduce((sum, { misses, falseAlarms }) => sum + misses + falseAlarms, 0);
  const mean = (part: keyof F1Scores) => average(perLabel.map((each) => each[part]));
  return {
    task: "multilabel",
    samples,
    loss:
      probabilities.reduce((sum, p, index) => sum + crossEntropy(targets[index] === 1 ? p : 1 - p), 0) /
      decisions,
    exactMatch: exactCount / samples,
    exactMatchInterval: wilsonInterval(exactCount, samples),
    labelAccuracy: 1 - wrong / decisions,
    perLabel,
    macro: { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") },
    micro: f1Scores({
      hits: counts.reduce((sum, { hits }) => sum + hits, 0),
      misses: counts.reduce((sum, { misses }) => sum + misses, 0),
      falseAlarms: counts.reduce((sum, { falseAlarms }) => sum + falseAlarms, 0),
    }),
    meanAveragePrecision: averageOfKnown(perLabel.map((each) => each.averagePrecision)),
    meanAuc: averageOfKnown(perLabel.map((each) => each.auc)),
  };
}

/**
 * How many rows there are.
 *
 * @throws PermafrostError as the scores do.
 */
export function expectRows(
  what: string,
  outputs: Float32Array,
  targets: Float32Array,
  names: readonly string[],
): number {
  if (targets.length === 0) throw new PermafrostError("DATA_EMPTY", "scores: there is no sample to score.");
  if (outputs.length !== targets.length || targets.length % names.length !== 0) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `scores: expected as many ${what} as targets, a multiple of ${names.length}, got ${outputs.length} and ${targets.length}.`,
    );
  }
  const bad = outputs.findIndex((value) => !Number.isFinite(value));
  if (bad === -1) return targets.length / names.length;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `scores: the prediction of sample ${Math.floor(bad / names.length)} is ${outputs[bad]}, not a finite number. ` +
      "The weights may have diverged; train with a smaller learning rate.",
  );
}

/** One label's predictions and targets. */
interface Column {
  readonly probabilities: Float32Array;
  readonly targets: Float32Array;
}

function columnOf(probabilities: Float32Array, targets: Float32Array, width: number, label: number): Column {
  const pick = (values: Float32Array) => values.filter((_, index) => index % width === label);
  return { probabilities: pick(probabilities), targets: pick(targets) };
}

function isRight({ probabilities, targets }: Column, row: number): boolean {
  return Number(probabilities[row]! > labelThreshold) === targets[row];
}

interface Counts {
  readonly hits: number;
  readonly misses: number;
  readonly falseAlarms: number;
}

function countsOf({ probabilities, targets }: Column): Counts {
  const counts = { hits: 0, misses: 0, falseAlarms: 0 };
  for (const [row, p] of probabilities.entries()) {
    const said = p > labelThreshold;
    if (said && targets[row] === 1) counts.hits++;
    else if (said) counts.falseAlarms++;
    else if (targets[row] === 1) counts.misses++;
  }
  return counts;
}

function scoresOfLabel(className: string, column: Column): LabelScores {
  const counts = countsOf(column);
  const decisions = decisionsOf(rankScores(column.probabilities, column.targets));
  return {
    className,
    ...f1Scores(counts),
    support: counts.hits + counts.misses,
    averagePrecision: averagePrecision(decisions),
    auc: areaUnderRoc(decisions),
  };
}

function f1Scores({ hits, misses, falseAlarms }: Counts): F1Scores {
  const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return {
    precision: ratio(hits, hits + falseAlarms),
    recall: ratio(hits, hits + misses),
    f1: ratio(2 * hits, 2 * hits + misses + falseAlarms),
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function averageOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : average(known);
}

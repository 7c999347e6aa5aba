import type { ClassificationDetails } from "./classificationDetails.ts";
import type { LabelDetails } from "./labelDetails.ts";
import type { MultilabelScores } from "./labelScores.ts";
import type { ClassificationScores } from "./scores.ts";
import type { ChosenThreshold } from "./thresholds.ts";
import type { Mistake, WorstAnswer } from "./trainingReport.ts";
import type { ValueDetails } from "./valueDetails.ts";
import type { RegressionScores } from "./valueScores.ts";

/** A threshold of one class's or label's probability; left out where none was asked for. */
interface Thresholded {
  readonly threshold?: ChosenThreshold;
}

/** What an evaluation of a classifier knows beside the scores; plain data. */
export interface EvaluationDetails extends ClassificationDetails, Thresholded {}

/** The same for labels. */
export interface LabelEvaluationDetails extends LabelDetails, Thresholded {}

/** How a classifier was judged. */
export interface JudgedClasses {
  readonly task: "classification";
  readonly scores: ClassificationScores;
  readonly details: EvaluationDetails;
  /** Worst first. */
  readonly mistakes: readonly Mistake[];
  /** Those with the smallest lead of the first class over the second, smallest first. */
  readonly uncertain: readonly UncertainAnswer[];
}

export interface JudgedLabels {
  readonly task: "multilabel";
  readonly scores: MultilabelScores;
  readonly details: LabelEvaluationDetails;
  /** Worst first. */
  readonly worst: readonly WorstAnswer[];
  /** Those with a label nearest to one half, nearest first. */
  readonly uncertain: readonly UncertainLabel[];
}

export interface JudgedValues {
  readonly task: "regression";
  readonly scores: RegressionScores;
  readonly details: ValueDetails;
  /** [n, values], row after row. */
  readonly outputs: Float32Array;
  readonly targets: Float32Array;
  /** Worst first. */
  readonly worst: readonly WorstAnswer[];
}

/** Everything the page about an evaluation shows. */
export interface EvaluationReport {
  /** Name of the data set. */
  readonly title: string;
  /** ISO 8601. */
  readonly created: string;
  readonly split: "train" | "validation" | "test" | "all";
  readonly bundle: string;
  readonly classNames: readonly string[];
  readonly judged: JudgedClasses | JudgedLabels | JudgedValues;
  /** How many views of each image were averaged, in words; left out for the image alone. */
  readonly views?: string;
  readonly forwards: { readonly computed: number; readonly reused: number };
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly warnings: readonly string[];
  readonly command: string;
  readonly numericsClass: string;
  /** Of permafrost. */
  readonly version: string;
}

/** A picture that could as well have been the other class. */
export interface UncertainAnswer {
  readonly name: string;
  readonly trueClass: string;
  readonly first: { readonly className: string; readonly probability: number };
  readonly second: { readonly className: string; readonly probability: number };
  readonly thumbnail?: string;
}

/** A picture that could as well have had the label, or not. */
export interface UncertainLabel {
  readonly name: string;
  readonly label: string;
  readonly probability: number;
  /** Its labels: "cat; indoors". */
  readonly truth: string;
  readonly thumbnail?: string;
}

import type { CalibrationScores, ClassificationDetails } from "./classificationDetails.ts";
import type { ClassificationScores } from "./scores.ts";
import type { TaskScores } from "./taskScores.ts";
import type { ChosenThreshold } from "./thresholds.ts";
import type { Mistake, WorstAnswer } from "./trainingReport.ts";

/** What an evaluation knows beside the scores; plain data. */
export interface EvaluationDetails extends ClassificationDetails {
  /** With the temperature that the bundle holds; left out where it holds none. */
  readonly calibrated?: CalibrationScores & { readonly temperature: number };
  /** Left out where none was asked for. */
  readonly threshold?: ChosenThreshold;
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
  readonly scores: TaskScores;
  /** Of a classifier. */
  readonly classification?: {
    readonly scores: ClassificationScores;
    readonly details: EvaluationDetails;
    /** Worst first. */
    readonly mistakes: readonly Mistake[];
    /** Those with the smallest lead of the first class over the second, smallest first. */
    readonly uncertain: readonly UncertainAnswer[];
  };
  /** Of another task: outputs and truth, row after row, and the worst answers. */
  readonly other?: {
    readonly outputs: Float32Array;
    readonly targets: Float32Array;
    readonly worst: readonly WorstAnswer[];
  };
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

import type { Preprocessing } from "../applications/preprocessing.ts";
import type { TargetTask } from "../data/dataset.ts";
import type { FoundIntervals } from "./columnDetails.ts";
import type { LabelDetails } from "./labelDetails.ts";
import type { MultilabelScores } from "./labelScores.ts";
import type { ClassificationScores } from "./scores.ts";
import type { RegressionScores } from "./valueScores.ts";

/** Everything the page about a training run shows. Plain data: made by the recipe, rendered by `renderTrainingReport`. */
export interface TrainingReport {
  /** Name of the data set, as people know it: the folder's name. */
  readonly title: string;
  /** ISO 8601. */
  readonly created: string;
  readonly classNames: readonly string[];
  /** In the order train, validation, test. The last one with scores is the one that the page judges by. */
  readonly splits: readonly SplitReport[];
  /** Per epoch, Keras's keys: `loss`, `val_loss`, `accuracy`, `val_accuracy`, ... */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** What was trained when; more than one where layers of the base were unfrozen later. */
  readonly phases: readonly ReportedPhase[];
  /** Passes through the base network: run now, and saved by the store. */
  readonly forwards: { readonly computed: number; readonly reused: number };
  /** Phase name to seconds, in order. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Files left out, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  /** Anything else that went differently from what was asked. */
  readonly warnings: readonly string[];
  readonly base: {
    readonly name: string;
    /** With what it ends, where that is not its own end. */
    readonly cut?: string;
    readonly weightsDigest: string;
  };
  readonly preprocessing: Preprocessing;
  /** The layers above the base, as people read them: "Dense(2, softmax)". */
  readonly head: readonly string[];
  /** Options of the run by name: optimizer, learning rate, batch size, seed, ... */
  readonly settings: Readonly<Record<string, string | number>>;
  /** The command that does it again. */
  readonly command: string;
  /** Where the bundle is. */
  readonly bundle: string;
  readonly numericsClass: string;
  /** permafrost, Node, engine. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of the split that the page judges by, in class order; none where no split was scored, and for other tasks. */
  readonly classIntervals: readonly FoundIntervals[];
  /** Worst first. */
  readonly mistakes: readonly Mistake[];
  /** What an image is asked for instead of its class; the class names are names of labels or values then. */
  readonly task?: TargetTask;
  /** The same for labels or values, worst first. */
  readonly worst?: readonly WorstAnswer[];
  /** Of labels: intervals of the split that the page judges by. */
  readonly labelDetails?: LabelDetails;
  /** Of values: what is said and what is, of every image of that split, [n, values]. */
  readonly values?: { readonly outputs: Float32Array; readonly targets: Float32Array };
}

/** A part of the training. */
export interface ReportedPhase {
  /** "head", or the lowest part of the base that was trained. */
  readonly name: string;
  /** From 1. */
  readonly firstEpoch: number;
  readonly epochs: number;
  readonly learningRate: number;
  /** The trained layers, in words. */
  readonly trained: string;
  readonly trainedParameters: number;
  /** SHA-256 over all frozen weights. */
  readonly frozen: { readonly before: string; readonly after: string };
  /** SHA-256 over all weights of the base. */
  readonly base: { readonly before: string; readonly after: string };
}

export interface SplitReport {
  readonly split: "train" | "validation" | "test";
  readonly samples: number;
  /** Samples of each class, in class order. */
  readonly samplesByClass: readonly number[];
  readonly scores?: ClassificationScores;
  /** Of another task. */
  readonly taskScores?: MultilabelScores | RegressionScores;
}

/** A picture whose labels or values were missed. */
export interface WorstAnswer {
  /** Path as reports show it. */
  readonly name: string;
  /** "cat;indoors" or "3.5". */
  readonly truth: string;
  readonly answer: string;
  /** As of a mistake. */
  readonly thumbnail?: string;
}

/** A picture that was judged wrong. */
export interface Mistake {
  /** Path as reports show it. */
  readonly name: string;
  readonly trueClass: string;
  readonly predictedClass: string;
  /** Given to the predicted class. */
  readonly probability: number;
  /** `data:image/...;base64,...`, about 160 pixels wide; anything else is not shown. */
  readonly thumbnail?: string;
}

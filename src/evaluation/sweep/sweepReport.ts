import type { Split } from "../../data/dataset.ts";
import type { Interval } from "../interval.ts";
import type { FromBest, Unbiased } from "./selectionNoise.ts";

/** One setting that was tried. */
export interface SweepCandidate {
  readonly settings: {
    readonly head: string;
    readonly optimizer: string;
    readonly learningRate: number;
    readonly augment: string;
    readonly cut?: string;
  };
  /** Share of all images that the heads not trained on them have right. */
  readonly accuracy: number;
  /** Wilson's, over images. */
  readonly interval: Interval;
  readonly perFold: readonly number[];
  readonly loss: number;
  /** Fewer than the sweep's where halving stopped it. */
  readonly epochs: number;
  readonly seconds: number;
  /** Against the best one; missing where it was stopped early or diverged. */
  readonly fromBest?: FromBest;
  readonly failure?: string;
}

/** Many heads by cross-validation: plain data, what `sweep --json` prints and its page shows. */
export interface SweepReport {
  readonly title: string;
  /** ISO 8601. */
  readonly created: string;
  readonly command: string;
  readonly classNames: readonly string[];
  readonly samples: Readonly<Partial<Record<Split, number>>>;
  readonly base: string;
  readonly search: string;
  readonly folds: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Best first; those that were stopped early behind all others. */
  readonly candidates: readonly SweepCandidate[];
  /** How many cannot be told from the best one, it included. */
  readonly alike: number;
  /** That candidates are judged by: all but the test images. */
  readonly images: number;
  readonly unbiased: Unbiased;
  /** Of the best one, trained on all images that it was chosen by; asked once. */
  readonly test?: { readonly images: number; readonly accuracy: number; readonly interval: Interval };
  /** The command that trains the best one; left out where all diverged. */
  readonly trainCommand?: string;
  /** These and `seconds` are of the last start of the sweep alone. */
  readonly forwards: { readonly computed: number; readonly reused: number };
  /** Heads that were trained, and those that an earlier start had finished. */
  readonly trainings: { readonly trained: number; readonly kept: number };
  readonly seconds: number;
  readonly remarks: readonly string[];
  readonly numericsClass: string;
  readonly versions: Readonly<Record<string, string>>;
}

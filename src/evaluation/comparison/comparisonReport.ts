import type { Interval } from "../interval.ts";
import type { Estimate } from "../statistics/pairedEffect.ts";
import type { SeedSpread } from "../statistics/seedSpread.ts";
import type { Verdict } from "../statistics/verdict.ts";

/** Splits that methods are judged by. */
export type JudgingSplit = "validation" | "test";

/** How good a method is on one split, over all its runs. */
export interface JudgedScores {
  readonly images: number;
  /** Mean over the runs; the interval is over images (bootstrap, BCa), the runs as they are. */
  readonly accuracy: Estimate;
  /** Of the first run alone (Wilson). */
  readonly firstRun: { readonly accuracy: number; readonly interval: Interval };
  /** From run to run. */
  readonly overSeeds: SeedSpread;
  /** Every class counts the same; bootstrap over images. */
  readonly macroF1: Estimate;
  /** Mean cross-entropy in nats; null where a method has no probabilities. */
  readonly loss: Estimate | null;
}

/** What the runs of a method took. */
export interface MethodCost {
  /** Forwards of a frozen part, or of the whole network where nothing is frozen, added up over the runs. */
  readonly computed: number;
  readonly reused: number;
  readonly avoided: number;
  /** By phase, added up over the runs. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly bytesWritten: number;
  /** Of the whole process while the method ran, in bytes. */
  readonly peakMemory: number;
  readonly trainableParameters: number;
  /** SHA-256 of the base network's weights around the first run. */
  readonly base: { readonly before: string; readonly after: string };
}

export interface MethodSummary {
  /** As it was asked for: "pool:5". */
  readonly method: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  readonly seeds: readonly number[];
  readonly scores: Readonly<Partial<Record<JudgingSplit, JudgedScores>>>;
  readonly cost: MethodCost;
  /** Folders of the bundles, relative to the comparison's own. */
  readonly bundles: readonly string[];
}

/** Two methods on the same images. */
export interface PairSummary {
  readonly first: string;
  readonly second: string;
  readonly images: number;
  /** Pairs of runs with the same seed. */
  readonly seeds: number;
  /** Accuracy of the first minus that of the second, means over the runs; the interval is over images and runs. */
  readonly difference: Estimate;
  /** Of the first pair of runs. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly cohensG: Estimate | null;
  readonly oddsRatio: Estimate | null;
  /** McNemar's test of each pair of runs: exact, and mid-p. */
  readonly tests: readonly { readonly exact: number; readonly midP: number }[];
  /** Of all seeds together: twice the median of the mid-p values; of one seed its own. */
  readonly p: number;
  /** Holm's correction over all pairs. */
  readonly corrected: number;
  /** The smallest difference that so many images show with a chance of 0.8, at the corrected level. */
  readonly detectable: number;
  /** Images that would show the difference seen with that chance; null where there was none. */
  readonly imagesNeeded: number | null;
  readonly verdict: Verdict;
  readonly sentence: string;
}

/** What a comparison of the book's ways shows beside its methods. */
export interface ThreadEvidence {
  /** Both ways trained at once and held against each other bit by bit. */
  readonly verification: {
    readonly same: boolean;
    readonly steps: number;
    readonly images: number;
    readonly batchSize: number;
  };
  /** Of one image through the base, and of one training step of the head, on this machine. */
  readonly forwardSeconds: number;
  readonly headStepSeconds: number;
}

/** Methods side by side: plain data, what `compare --json` prints and its page shows. */
export interface ComparisonReport {
  readonly title: string;
  /** ISO 8601. */
  readonly created: string;
  readonly command: string;
  readonly classNames: readonly string[];
  readonly samples: Readonly<Partial<Record<"train" | JudgingSplit, number>>>;
  /** The split that the tests are made on. */
  readonly judgedBy: JudgingSplit;
  readonly base: { readonly name: string; readonly cut?: string; readonly weightsDigest: string };
  readonly settings: Readonly<Record<string, string | number>>;
  readonly methods: readonly MethodSummary[];
  readonly pairs: readonly PairSummary[];
  /** What was asked for and not done, and why. */
  readonly leftOut: readonly { readonly method: string; readonly reason: string }[];
  /** What else the reader should know, in sentences. */
  readonly remarks: readonly string[];
  /** Of all runs together. */
  readonly seconds: number;
  readonly budget?: number;
  /** Of a recipe that explains the thread. */
  readonly thread?: ThreadEvidence;
  readonly numericsClass: string;
  readonly versions: Readonly<Record<string, string>>;
}

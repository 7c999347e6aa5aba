import type { ComparisonReport } from "../../evaluation/comparison/comparisonReport.ts";
import type { Augmentation } from "../request/augmentation.ts";
import type { TrainingHooks, TrainingRequest } from "../request/training.ts";
import type { PlannedMethod } from "./plannedMethod.ts";

/** Which methods to compare on what; where a setting is not a method's own choice, all have the same. */
export interface ComparisonRequest
  extends Pick<
    TrainingRequest,
    | "data"
    | "base"
    | "cut"
    | "head"
    | "epochs"
    | "batchSize"
    | "optimizer"
    | "learningRate"
    | "fineTuneRate"
    | "schedule"
    | "validationSplit"
    | "imageSize"
    | "initialWeights"
    | "rescaleOnly"
    | "store"
    | "commandLine"
    | "resume"
  > {
  /** As `methodCalls` reads it: "fast,pool:5". */
  readonly methods: string;
  /** Runs of each method that hangs on chance. */
  readonly seeds: number;
  /** The first seed; the others follow. It is that of the split as well. */
  readonly seed: number;
  /** What `fine-tune` trains beside the head. Default: the last three blocks. */
  readonly unfrozenBlock?: string;
  /** Epochs of `fine-tune` behind `epochs` of the head alone. Default: two thirds of `epochs`, behind the first third. */
  readonly fineTuneEpochs?: number;
  /** How methods that vary images do so. */
  readonly augmentation: Augmentation;
  /** Seconds that all may take together; left out: as long as it takes. */
  readonly budget?: number;
  /** A comparison whose methods, and perhaps settings, are given: "thread" or "book-5.3". */
  readonly recipe?: string;
  /** Settings that stay as they are here, whatever the recipe says of them. Default: none. */
  readonly fixed?: readonly (keyof ComparisonRequest)[];
  /** Folder of the comparison: its page, its tables, and the runs. */
  readonly out: string;
}

export interface ComparisonHooks
  extends Omit<TrainingHooks, "onEpoch" | "onPhase" | "onResume" | "onScored"> {
  /** Told what is about to be done, and what is left out for lack of time. */
  readonly onPlan?: (plan: readonly PlannedMethod[]) => void;
  /** A run has been finished, or was found finished. */
  readonly onRun?: (run: {
    readonly method: string;
    readonly seed: number;
    readonly accuracy: number;
    readonly seconds: number;
    readonly isFromBefore: boolean;
  }) => void;
}

/** What came of it. */
export interface ComparisonResult {
  readonly report: ComparisonReport;
  /** The page and the tables. */
  readonly files: {
    readonly page: string;
    /** The page as plain data, for `permafrost report`. */
    readonly data: string;
    readonly json: string;
    readonly csv: string;
    readonly markdown: string;
  };
}

/** What `permafrost compare` does where nothing is said. Constants only: `--help` loads this file. */
export const comparisonDefaults = {
  methods: "fast,pool:5,fresh,fine-tune,logistic,ridge,knn,nearest-mean",
  seeds: 3,
  epochs: 10,
  augment: "book",
  out: "compare",
} as const;

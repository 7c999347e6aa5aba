import type { WorkOptions } from "../../base/progress.ts";
import type { SweepReport } from "../../evaluation/sweep/sweepReport.ts";
import type { TrainingRequest } from "../request/training.ts";
import type { SearchAxes } from "./searchSpace.ts";

/** How candidates are chosen out of the space. */
export const searches = ["grid", "random", "halving"] as const;
export type Search = (typeof searches)[number];

/** Which heads to try on what. */
export interface SweepRequest
  extends Pick<
    TrainingRequest,
    | "data"
    | "base"
    | "epochs"
    | "batchSize"
    | "seed"
    | "validationSplit"
    | "imageSize"
    | "initialWeights"
    | "store"
    | "commandLine"
    | "resume"
  > {
  readonly axes: SearchAxes;
  /** "grid": every combination. "random": some drawn ones. "halving": drawn ones, of which the better third trains on, again and again. */
  readonly search: Search;
  /** Candidates that are drawn, of random and halving. */
  readonly trials: number;
  /** Parts of the images; each is judged by heads trained on the others. */
  readonly folds: number;
  /** Folder of the page, the tables, and the finished trainings, which the same sweep does not do again. */
  readonly out: string;
}

export interface SweepHooks extends WorkOptions {
  readonly onWarning?: (text: string) => void;
}

export interface SweepResult {
  readonly report: SweepReport;
  readonly files: {
    readonly page: string;
    /** The page as plain data, for `permafrost report`. */
    readonly data: string;
    readonly json: string;
    readonly csv: string;
    readonly markdown: string;
  };
}

/** What `permafrost sweep` does where nothing is said. Constants only: `--help` loads this file. */
export const sweepDefaults = {
  head: "linear",
  learningRate: "3e-3",
  optimizer: "adam",
  augment: "none",
  search: "grid",
  trials: 30,
  folds: 5,
  epochs: 10,
  out: "sweep",
} as const;

import type { Skipped } from "../../data/dataset.ts";
import type { ViewCounts } from "../data/viewCounts.ts";
import type { BaseRate } from "./baseRate.ts";
import type { PlannedLayer } from "./plannedLayers.ts";
import type { PlannedPhase } from "./planPhase.ts";

/** What a training would do: plain data, the line of `plan --json`. */
export interface TrainingPlan {
  readonly base: string;
  readonly layers: readonly PlannedLayer[];
  /** Where the model is cut and why; of the last phase. */
  readonly cut: string;
  readonly phases: readonly PlannedPhase[];
  /** "none", "fresh" or "pool:K", as it takes effect. */
  readonly draws: string;
  readonly images: ViewCounts;
  /** Images without labels, which joint training sees in every epoch. */
  readonly unlabelled: number;
  /** Different views of each split, over all phases. */
  readonly views: ViewCounts;
  readonly forwards: {
    /** To be run. */
    readonly compute: number;
    /** Features that are in the store. */
    readonly stored: number;
    /** What the plain way takes: the base runs on every image of every epoch. */
    readonly plain: number;
    readonly avoided: number;
  };
  readonly bytes: number;
  /** Of the whole base. */
  readonly rate: BaseRate;
  /**
   * Of the frozen part alone (`compute`; `plain` for the whole base); `steps`: of the training steps that pass trained layers of the
   * base. The head comes on top, the same in both ways.
   */
  readonly seconds: { readonly compute: number; readonly plain: number; readonly steps: number };
  /** Whether new features go to disk or stay in memory for this run. */
  readonly keep: "store" | "memory";
  readonly remarks: readonly string[];
  readonly skipped: readonly Skipped[];
  readonly numericsClass: string;
}

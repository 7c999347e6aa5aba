import type { SplitReport } from "../trainingReport.ts";

/** A split together with its scores. */
export interface JudgedTask<Scores> {
  readonly split: SplitReport["split"];
  readonly scores: Scores;
}

import type { JudgedSplit } from "./answer.ts";

/** A split together with its scores. */
export interface JudgedTask<Scores> {
  readonly split: JudgedSplit["split"];
  readonly scores: Scores;
}

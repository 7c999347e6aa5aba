import type { MultilabelScores } from "./labelScores.ts";
import type { ClassificationScores } from "./scores.ts";
import type { RegressionScores } from "./valueScores.ts";

/** How good predictions are, by what is asked of an image: its one class, its labels, or numbers. */
export type TaskScores = ClassificationScores | MultilabelScores | RegressionScores;

export function isMultilabel(scores: TaskScores): scores is MultilabelScores {
  return "task" in scores && scores.task === "multilabel";
}

export function isClassification(scores: TaskScores): scores is ClassificationScores {
  return "confusion" in scores;
}

import { isMultilabel } from "../taskScores.ts";
import type { TrainingReport } from "../trainingReport.ts";
import type { Html } from "./html.ts";
import { labelMistakes, labelsAnswer, labelsTable } from "./labelSections.ts";
import { valueMistakes, valuesAnswer, valuesTable } from "./valueSections.ts";

/** What the page shows instead of classes. */
export interface TaskSections {
  readonly answer: Html;
  readonly details: readonly Html[];
}

/** The sections about labels or values, by the last split that was scored; undefined for a classifier. */
export function taskSections(report: TrainingReport): TaskSections | undefined {
  const judged = report.splits.findLast(({ taskScores }) => taskScores !== undefined);
  if (judged?.taskScores === undefined) return undefined;
  const { split, taskScores } = judged;
  if (isMultilabel(taskScores)) {
    const labels = { split, scores: taskScores };
    return {
      answer: labelsAnswer(report, labels),
      details: [labelsTable(labels), labelMistakes(report, split)],
    };
  }
  const values = { split, scores: taskScores };
  return {
    answer: valuesAnswer(report, values),
    details: [valuesTable(values), valueMistakes(report, split)],
  };
}

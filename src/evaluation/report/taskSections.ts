import { isMultilabel } from "../taskScores.ts";
import type { TrainingReport } from "../trainingReport.ts";
import { workNumber } from "./answer.ts";
import { labelMistakes, labelsAnswer, labelsTable } from "./labelSections.ts";
import type { Answer, Section } from "./page/page.ts";
import { valueMistakes, valuesAnswer, valuesTable } from "./valueSections.ts";

/** What the page shows instead of classes. */
export interface TaskSections {
  readonly answer: Answer;
  readonly details: readonly Section[];
}

/** The sections about labels or values, by the last split that was scored; undefined for a classifier. */
export function taskSections(report: TrainingReport): TaskSections | undefined {
  const judged = report.splits.findLast(({ taskScores }) => taskScores !== undefined);
  if (judged?.taskScores === undefined) return undefined;
  const { split, taskScores } = judged;
  const { worst = [] } = report;
  const work = workNumber(report);
  if (isMultilabel(taskScores)) {
    const labels = { split, scores: taskScores };
    const answer = labelsAnswer(labels);
    return {
      answer: { ...answer, numbers: [...answer.numbers, work] },
      details: [labelsTable(labels), labelMistakes(worst, split)],
    };
  }
  const values = { split, scores: taskScores };
  const answer = valuesAnswer(values);
  return {
    answer: { ...answer, numbers: [...answer.numbers, work] },
    details: [valuesTable(values), valueMistakes(worst, split)],
  };
}

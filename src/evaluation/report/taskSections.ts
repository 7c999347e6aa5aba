import { isMultilabel } from "../taskScores.ts";
import type { TrainingReport } from "../trainingReport.ts";
import { workNumber } from "./answer.ts";
import { labelF1Chart } from "./evaluation/curveCharts.ts";
import { labelSection } from "./evaluation/labelParts.ts";
import { saidAndTrue } from "./evaluation/valueCharts.ts";
import { labelMistakes, labelsAnswer } from "./labelSections.ts";
import type { Chart } from "./page/chart.ts";
import type { Answer, Section } from "./page/page.ts";
import { valueMistakes, valuesAnswer, valuesTable } from "./valueSections.ts";

/** What the page shows instead of classes. */
export interface TaskSections {
  readonly answer: Answer;
  readonly details: readonly Section[];
}

function pictureOf(pictureTitle: string, chart: Chart): Pick<Answer, "pictureTitle" | "picture"> {
  return { pictureTitle, picture: { kind: "charts", charts: [chart] } };
}

/** The sections about labels or values, by the last split that was scored; undefined for a classifier. */
export function taskSections(report: TrainingReport): TaskSections | undefined {
  const judged = report.splits.findLast(({ taskScores }) => taskScores !== undefined);
  if (judged?.taskScores === undefined) return undefined;
  const { split, taskScores } = judged;
  const { worst = [] } = report;
  const work = workNumber(report);
  if (isMultilabel(taskScores)) {
    // Of labels that were scored, the recipe makes them.
    const labels = { scores: taskScores, details: report.labelDetails! };
    const answer = labelsAnswer({ split, scores: taskScores }, labels.details.macroF1Interval ?? undefined);
    const picture = pictureOf("How well each label is found", labelF1Chart(labels));
    return {
      answer: { ...answer, ...picture, numbers: [...answer.numbers, work] },
      details: [labelSection(labels, split), labelMistakes(worst, split)],
    };
  }
  const values = { split, scores: taskScores };
  const answer = valuesAnswer(values);
  const picture =
    report.values === undefined
      ? {}
      : pictureOf("Said and true", saidAndTrue({ ...report.values, scores: taskScores }, 0));
  return {
    answer: { ...answer, ...picture, numbers: [...answer.numbers, work] },
    details: [valuesTable(values), valueMistakes(worst, split)],
  };
}

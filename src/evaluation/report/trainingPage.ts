import type { TrainingReport } from "../trainingReport.ts";
import { judgedSplit, trainingAnswer } from "./answer.ts";
import { type Page, pageSchema } from "./page/page.ts";
import { phasesSection } from "./phasesSection.ts";
import {
  classesSection,
  curvesSection,
  mistakesSection,
  picturesSection,
  recipeSection,
  workSection,
} from "./sections.ts";
import { taskSections } from "./taskSections.ts";

/** The page about a training run. */
export function trainingPage(report: TrainingReport): Page {
  const judged = judgedSplit(report.splits);
  const other = taskSections(report);
  const details =
    other?.details ??
    (judged === undefined
      ? []
      : [classesSection(judged, report.classIntervals), mistakesSection(report.mistakes, judged)]);
  const sections = [
    curvesSection(report),
    ...details,
    phasesSection(report),
    picturesSection(report),
    workSection(report),
    recipeSection(report),
  ];
  return {
    schema: pageSchema,
    kind: "Training report",
    title: report.title,
    created: report.created,
    about: `${namesTitle(report)}: ${classList(report.classNames)}.`,
    answer: other?.answer ?? trainingAnswer(report),
    sections: sections.filter((section) => section !== undefined),
    version: report.versions["permafrost"] ?? "",
  };
}

function namesTitle({ task }: TrainingReport): string {
  if (task === undefined) return "Classes";
  return task === "multilabel" ? "Labels" : "Values";
}

/** The first names, and how many more. */
export function classList(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(", ");
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}

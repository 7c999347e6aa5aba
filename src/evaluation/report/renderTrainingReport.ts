import type { TrainingReport } from "../trainingReport.ts";
import { answerSection, judgedSplit } from "./answer.ts";
import { Html, html } from "./html.ts";
import { phasesSection } from "./phasesSection.ts";
import {
  classesSection,
  curvesSection,
  mistakesSection,
  picturesSection,
  recipeSection,
  workSection,
} from "./sections.ts";
import { styleSheet } from "./style.ts";
import { taskSections } from "./taskSections.ts";

/**
 * The page about a training run: one HTML file that needs nothing else, no network and no scripts (its own policy forbids both).
 * Light and dark, for narrow screens and for paper.
 */
export function renderTrainingReport(report: TrainingReport): string {
  const judged = judgedSplit(report.splits);
  const other = taskSections(report);
  const date = report.created.slice(0, 16).replace("T", " ");
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${report.title}: training report</title>
<style>${new Html(styleSheet())}</style>
</head>
<body>
<header><h1>${report.title}</h1><p class="muted small">Training report, ${date} UTC. ${namesTitle(report)}: ${classList(report.classNames)}.</p></header>
<main>
${other?.answer ?? answerSection(report)}
${curvesSection(report)}
${other?.details ?? (judged && classesSection(judged))}
${judged && mistakesSection(report, judged)}
${phasesSection(report)}
${picturesSection(report)}
${workSection(report)}
${recipeSection(report)}
</main>
<footer>Written by permafrost ${report.versions["permafrost"]}. This page holds all it shows and loads nothing.</footer>
</body>
</html>
`;
  return page.text;
}

function namesTitle({ task }: TrainingReport): string {
  if (task === undefined) return "Classes";
  return task === "multilabel" ? "Labels" : "Values";
}

function classList(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(", ");
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}

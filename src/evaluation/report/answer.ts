import { type ClassificationScores, majorityAccuracy } from "../scores.ts";
import type { SplitReport, TrainingReport } from "../trainingReport.ts";
import { confusionMatrix } from "./confusionMatrix.ts";
import { count, duration, percent, plural } from "./format.ts";
import { type Html, html } from "./html.ts";

/** A split together with its scores. */
export interface JudgedSplit {
  readonly split: SplitReport["split"];
  readonly scores: ClassificationScores;
}

/** The split that the page judges by: the last one that was scored. */
export function judgedSplit(splits: readonly SplitReport[]): JudgedSplit | undefined {
  const last = splits.findLast(({ scores }) => scores !== undefined);
  return last?.scores === undefined ? undefined : { split: last.split, scores: last.scores };
}

/** The first screen: the answer in one sentence, three numbers, one picture. */
export function answerSection(report: TrainingReport): Html {
  const judged = judgedSplit(report.splits);
  if (judged === undefined) {
    return html`<section class="answer"><p class="sentence">The classifier is trained; no pictures were held back to measure it.</p></section>`;
  }
  const { split, scores } = judged;
  const wrong = wrongAnswers(scores);
  const total = Object.values(report.seconds).reduce((sum, seconds) => sum + seconds, 0);
  const { computed, reused } = report.forwards;
  return html`<section class="answer"><div>
<p class="sentence">${sentence(judged, report.classNames.length)}</p>
<p class="muted">${caution(judged)} ${baseline(scores)}</p>
<dl class="three">
<div><dt>right, ${split} split; 95${"\u202f"}% interval ${percent(scores.accuracyInterval[0])} to ${percent(scores.accuracyInterval[1])}</dt><dd class="right">${percent(scores.accuracy)}</dd></div>
<div><dt>wrong of ${plural(scores.samples, "picture")}</dt><dd class="wrong">${count(wrong)}</dd></div>
<div><dt>from start to end; ${plural(computed, "pass", "passes")} through the base, ${count(reused)} reused</dt><dd>${duration(total)}</dd></div>
</dl></div>
<div><h2>What was taken for what (${split} split)</h2>${confusionMatrix(scores)}</div></section>`;
}

function wrongAnswers({ confusion }: ClassificationScores): number {
  return confusion.reduce(
    (sum, row, label) => sum + row.reduce((wrong, value, said) => wrong + (said === label ? 0 : value), 0),
    0,
  );
}

function sentence({ split, scores }: JudgedSplit, classes: number): string {
  const pictures = plural(scores.samples, "picture");
  if (split === "train") {
    return `On the ${pictures} it was trained on, it picks the right one of ${classes} classes ${percent(scores.accuracy)} of the time.`;
  }
  return `Shown ${pictures} it was not trained on, it picks the right one of ${classes} classes ${percent(scores.accuracy)} of the time.`;
}

function caution({ split }: JudgedSplit): string {
  if (split === "test") return "The test pictures took no part in training or in any choice.";
  if (split === "validation") {
    return "Validation pictures may have guided choices such as when to stop; a separate test split judges more strictly.";
  }
  return "This says nothing about new pictures: hold some back with a validation or test split.";
}

function baseline(scores: ClassificationScores): string {
  const largest = scores.perClass.reduce((best, row) => (row.support > best.support ? row : best));
  return `Always answering “${largest.className}” would be right ${percent(majorityAccuracy(scores))} of the time.`;
}

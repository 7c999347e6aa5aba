import type { MultilabelScores } from "../labelScores.ts";
import type { TrainingReport } from "../trainingReport.ts";
import { count, decimal, duration, percent, plural } from "./format.ts";
import { type Html, html } from "./html.ts";
import type { JudgedTask } from "./judgedTask.ts";
import { galleryItem } from "./sections.ts";

/** The answer about labels in one sentence and three numbers. */
export function labelsAnswer(report: TrainingReport, { split, scores }: JudgedTask<MultilabelScores>): Html {
  const [low, high] = scores.exactMatchInterval;
  const seconds = Object.values(report.seconds).reduce((sum, each) => sum + each, 0);
  const shown = split === "train" ? "it was trained on" : "it was not trained on";
  return html`<section class="answer"><div>
<p class="sentence">Shown ${plural(scores.samples, "picture")} ${shown}, it decides ${percent(scores.labelAccuracy)} of ${plural(scores.perLabel.length, "label")} a picture rightly, all of them for ${percent(scores.exactMatch)} of the pictures.</p>
<p class="muted">A label is given where its probability is above 50${"\u202f"}%. Never giving any label would decide ${percent(withoutLabels(scores))} rightly.</p>
<dl class="three">
<div><dt>F1 over the labels, ${split} split (each label counts the same)</dt><dd class="right">${scores.macro.f1.toFixed(3)}</dd></div>
<div><dt>pictures with all labels right; 95${"\u202f"}% interval ${percent(low)} to ${percent(high)}</dt><dd>${percent(scores.exactMatch)}</dd></div>
<div><dt>from start to end; ${plural(report.forwards.computed, "pass", "passes")} through the base, ${count(report.forwards.reused)} reused</dt><dd>${duration(seconds)}</dd></div>
</dl></div></section>`;
}

/** The share of right decisions of whoever gives no label at all. */
function withoutLabels({ samples, perLabel }: MultilabelScores): number {
  const given = perLabel.reduce((sum, { support }) => sum + support, 0);
  return 1 - given / (samples * perLabel.length);
}

/** Precision, recall, F1 and the two areas of every label. */
export function labelsTable({ split, scores }: JudgedTask<MultilabelScores>): Html {
  const area = (value: number | null) => (value === null ? "none" : value.toFixed(3));
  const rows = scores.perLabel.map(
    (row) => html`<tr><th scope="row">${row.className}</th><td class="number">${percent(row.precision)}</td>
<td class="number">${percent(row.recall)}</td><td class="number">${row.f1.toFixed(3)}</td><td class="number">${area(row.averagePrecision)}</td>
<td class="number">${area(row.auc)}</td><td class="number">${count(row.support)}</td>
<td class="wide" aria-hidden="true"><span class="meter"><i style="width:${(row.f1 * 100).toFixed(1)}%"></i></span></td></tr>\n`,
  );
  return html`<section class="long"><h2>Label by label</h2>
<div class="scroll"><table class="list"><caption>On the ${split} split; loss ${decimal(scores.loss)}, mean average precision ${area(scores.meanAveragePrecision)}, mean AUC ${area(scores.meanAuc)}.
Precision: of the pictures given the label, how many have it. Recall: of those that have it, how many are found. F1: their harmonic mean, drawn as the bar. AP and AUC judge the order of the probabilities, whatever the threshold.</caption>
<thead><tr><th scope="col">label</th><th scope="col" class="number">precision</th><th scope="col" class="number">recall</th><th scope="col" class="number">F1</th>
<th scope="col" class="number">AP</th><th scope="col" class="number">AUC</th><th scope="col" class="number">pictures</th><th class="wide" aria-hidden="true"></th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

/** The pictures whose labels were missed most. */
export function labelMistakes({ worst = [] }: TrainingReport, split: string): Html {
  if (worst.length === 0) {
    return html`<section><h2>Worst mistakes</h2><p>None: every label of the ${split} split was decided rightly.</p></section>`;
  }
  return html`<section class="long"><h2>Worst mistakes</h2>
<p class="muted small">Where the network was most sure of wrong labels (${split} split). Look here first: some may be wrong labels.</p>
<ul class="gallery">${worst.map((one) =>
    galleryItem(
      one,
      html`Has <strong>${one.truth || "no label"}</strong>,<br>given <strong class="wrong">${one.answer || "none"}</strong>`,
    ),
  )}</ul></section>`;
}

import type { TrainingReport } from "../trainingReport.ts";
import type { RegressionScores, ValueScores } from "../valueScores.ts";
import { count, decimal, duration, plural } from "./format.ts";
import { type Html, html } from "./html.ts";
import type { JudgedTask } from "./judgedTask.ts";
import { galleryItem } from "./sections.ts";

/** The answer about numbers in one sentence and three numbers. */
export function valuesAnswer(report: TrainingReport, { split, scores }: JudgedTask<RegressionScores>): Html {
  const seconds = Object.values(report.seconds).reduce((sum, each) => sum + each, 0);
  const first = scores.perValue[0]!;
  const [low, high] = first.meanAbsoluteErrorInterval;
  const shown = split === "train" ? "it was trained on" : "it was not trained on";
  return html`<section class="answer"><div>
<p class="sentence">Shown ${plural(scores.samples, "picture")} ${shown}, its ${first.name} is off by ${decimal(first.meanAbsoluteError)} on average.</p>
<p class="muted">Always saying the median would be off by ${decimal(first.medianError)}.${scores.perValue.length > 1 ? " The table below has the other values." : ""}</p>
<dl class="three">
<div><dt>mean absolute error, ${split} split; 95${"\u202f"}% interval ${decimal(low)} to ${decimal(high)}</dt><dd class="right">${decimal(first.meanAbsoluteError)}</dd></div>
<div><dt>R², the share of the variance that is explained${scores.perValue.length > 1 ? ", mean of all values" : ""}</dt><dd>${explained(scores.meanR2)}</dd></div>
<div><dt>from start to end; ${plural(report.forwards.computed, "pass", "passes")} through the base, ${count(report.forwards.reused)} reused</dt><dd>${duration(seconds)}</dd></div>
</dl></div></section>`;
}

/** The errors of every value. */
export function valuesTable({ split, scores }: JudgedTask<RegressionScores>): Html {
  return html`<section class="long"><h2>Value by value</h2>
<div class="scroll"><table class="list"><caption>On the ${split} split, in each value's own unit. RMSE: root of the mean squared error, which large errors weigh on. Bias: how much too
high it is on average. R²: share of the variance that is explained, drawn as the bar.</caption>
<thead><tr><th scope="col">value</th><th scope="col" class="number">mean absolute error</th><th scope="col" class="number">95 % interval</th><th scope="col" class="number">RMSE</th>
<th scope="col" class="number">bias</th><th scope="col" class="number">R²</th><th class="wide" aria-hidden="true"></th></tr></thead><tbody>${scores.perValue.map(valueRow)}</tbody></table></div></section>`;
}

function valueRow(row: ValueScores): Html {
  const [low, high] = row.meanAbsoluteErrorInterval;
  const share = Math.min(Math.max(row.r2 ?? 0, 0), 1);
  return html`<tr><th scope="row">${row.name}</th><td class="number">${decimal(row.meanAbsoluteError)}</td><td class="number">${decimal(low)} to ${decimal(high)}</td>
<td class="number">${decimal(row.rootMeanSquaredError)}</td><td class="number">${decimal(row.bias)}</td><td class="number">${explained(row.r2)}</td>
<td class="wide" aria-hidden="true"><span class="meter"><i style="width:${(share * 100).toFixed(1)}%"></i></span></td></tr>\n`;
}

function explained(r2: number | null): string {
  return r2 === null ? "none" : r2.toFixed(3);
}

/** The pictures with the largest errors. */
export function valueMistakes({ worst = [] }: TrainingReport, split: string): Html {
  return html`<section class="long"><h2>Largest errors</h2>
<p class="muted small">Errors in units of each value's spread (${split} split). Look here first: some may be wrong in the table.</p>
<ul class="gallery">${worst.map((one) =>
    galleryItem(
      one,
      html`Is <strong>${one.truth}</strong>,<br>said <strong class="wrong">${one.answer}</strong>`,
    ),
  )}</ul></section>`;
}

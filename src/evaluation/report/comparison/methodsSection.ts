import type { ComparisonReport, JudgedScores, MethodSummary } from "../../comparison/comparisonReport.ts";
import type { Estimate } from "../../statistics/pairedEffect.ts";
import { decimal, percent } from "../format.ts";
import { type Html, html } from "../html.ts";

/** How good each method is, on validation and test. */
export function methodsSection({ methods, judgedBy }: ComparisonReport): Html {
  const splits = (["validation", "test"] as const).filter((split) => methods[0]!.scores[split] !== undefined);
  return html`<section class="long"><h2>Method by method</h2>
<p class="muted small">Means over the runs. Intervals of accuracy (BCa), macro F1 and loss are over images, by bootstrap; “over seeds” is the spread from run to run. The tests judge by the ${judgedBy} split.</p>
<div class="scroll"><table class="list wider"><caption class="hidden">Scores of each method</caption>
<thead><tr><th scope="col">method</th>${splits.map(
    (split) =>
      html`<th scope="col" class="number">accuracy, ${split}</th><th scope="col" class="number">over seeds</th><th scope="col" class="number">macro F1</th><th scope="col" class="number">loss</th>`,
  )}</tr></thead>
<tbody>${methods.map(
    ({ method, summary, scores }) =>
      html`<tr><th scope="row" class="method" title="${summary}">${method}</th>${splits.map((split) => scoreCells(scores[split]!))}</tr>\n`,
  )}</tbody></table></div>
<details><summary>What each method does</summary><dl class="facts gap">${methods.map(methodFact)}</dl></details></section>`;
}

function methodFact({ method, summary }: MethodSummary): Html {
  return html`<dt>${method}</dt><dd>${summary}</dd>\n`;
}

function scoreCells({ accuracy, overSeeds, macroF1, loss }: JudgedScores): Html {
  return html`${estimateCell(accuracy, percent)}<td class="number">${
    overSeeds.deviation === null
      ? "one run"
      : html`±${(100 * overSeeds.deviation).toFixed(2)}<small>${overSeeds.runs} runs</small>`
  }</td>${estimateCell(macroF1, (value) => value.toFixed(3))}${loss === null ? html`<td class="number">none</td>` : estimateCell(loss, decimal)}`;
}

function estimateCell({ value, interval }: Estimate, show: (value: number) => string): Html {
  return html`<td class="number">${show(value)}<small>${show(interval[0])} to ${show(interval[1])}</small></td>`;
}

import type { ClassificationScores } from "../scores.ts";
import { count, percent } from "./format.ts";
import { type Html, html } from "./html.ts";
import { heatStep } from "./palette.ts";

/** More classes than this make a table nobody reads; they become a picture and a list of the most frequent confusions. */
const mostForTable = 20;

/** What was taken for what: rows are the truth, columns the answers; shades are shares of the row. */
export function confusionMatrix(scores: ClassificationScores): Html {
  return scores.confusion.length <= mostForTable ? matrixTable(scores) : matrixPicture(scores);
}

function matrixTable({ confusion, perClass }: ClassificationScores): Html {
  const names = perClass.map(({ className }) => className);
  const size = names.length <= 3 ? "few" : names.length <= 8 ? "some" : "many";
  return html`<figure class="matrix ${size}"><div class="scroll"><table>
<caption>Rows: what a picture shows. Columns: what the classifier says.</caption>
<thead><tr><td></td>${names.map((name) => html`<th scope="col" title="${name}"><span>${name}</span></th>`)}</tr></thead>
<tbody>${confusion.map((row, label) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return html`<tr><th scope="row" title="${names[label]}"><span>${names[label]}</span></th>${row.map(
      (value, predicted) => matrixCell(value, total, label === predicted),
    )}</tr>\n`;
  })}</tbody></table></div></figure>`;
}

function matrixCell(value: number, total: number, right: boolean): Html {
  const share = total === 0 ? 0 : value / total;
  const step = heatStep(share);
  const className = step === 0 ? "none" : `${right ? "hit" : "miss"}${step}`;
  return html`<td class="${className}" title="${percent(share)} of the row">${count(value)}</td>`;
}

function matrixPicture({ confusion, perClass }: ClassificationScores): Html {
  const side = confusion.length;
  const cells = confusion.flatMap((row, label) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.flatMap((value, predicted) => {
      if (value === 0) return [];
      const className = `${label === predicted ? "hit" : "miss"}${heatStep(value / total)}`;
      return [
        html`<rect class="${className}" x="${predicted}" y="${label}" width="1" height="1"><title>${perClass[label]!.className} taken for ${perClass[predicted]!.className}: ${count(value)}</title></rect>`,
      ];
    });
  });
  return html`<figure class="matrix picture">
<svg viewBox="-0.2 -0.2 ${side + 0.4} ${side + 0.4}" role="img" aria-label="Confusion matrix of ${side} classes; the list below names the most frequent confusions.">
<rect class="frame" x="-0.1" y="-0.1" width="${side + 0.2}" height="${side + 0.2}"/>${cells}</svg>
<figcaption>${side} classes. Rows: what a picture shows. Columns: what the classifier says.</figcaption></figure>`;
}

/** The wrong answers given most often, worst first. */
export function frequentConfusions(
  { confusion, perClass }: ClassificationScores,
  most: number,
): Html | undefined {
  const pairs = confusion
    .flatMap((row, label) =>
      row.flatMap((value, predicted) =>
        value > 0 && label !== predicted ? [{ label, predicted, value }] : [],
      ),
    )
    .sort((a, b) => b.value - a.value)
    .slice(0, most);
  if (confusion.length < 3 || pairs.length === 0) return undefined;
  return html`<div class="scroll gap"><table class="list narrow"><caption>Most frequent confusions</caption>
<thead><tr><th scope="col">the picture shows</th><th scope="col">the classifier says</th><th scope="col" class="number">times</th></tr></thead>
<tbody>${pairs.map(
    ({ label, predicted, value }) =>
      html`<tr><td>${perClass[label]!.className}</td><td>${perClass[predicted]!.className}</td><td class="number">${count(value)}</td></tr>\n`,
  )}</tbody></table></div>`;
}

import { count, percent } from "./format.ts";
import { type Html, html } from "./html.ts";
import type { Confusion } from "./page/page.ts";
import type { Table } from "./page/table.ts";
import { heatStep } from "./palette.ts";

/** More classes than this make a table nobody reads; they become a picture and a list of the most frequent confusions. */
const mostForTable = 20;

/** What was taken for what: rows are the truth, columns the answers; shades are shares of the row. */
export function confusionMatrix(confusion: Confusion): Html {
  return confusion.counts.length <= mostForTable ? matrixTable(confusion) : matrixPicture(confusion);
}

function matrixTable({ counts, classNames: names }: Confusion): Html {
  const size = names.length <= 3 ? "few" : names.length <= 8 ? "some" : "many";
  return html`<figure class="matrix ${size}"><div class="scroll" tabindex="0" role="group" aria-label="Confusion matrix"><table>
<caption>Rows: what a picture shows. Columns: what the classifier says.</caption>
<thead><tr><td></td>${names.map((name) => html`<th scope="col" title="${name}"><span>${name}</span></th>`)}</tr></thead>
<tbody>${counts.map((row, label) => {
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

function matrixPicture({ counts, classNames }: Confusion): Html {
  const side = counts.length;
  const cells = counts.flatMap((row, label) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.flatMap((value, predicted) => {
      if (value === 0) return [];
      const className = `${label === predicted ? "hit" : "miss"}${heatStep(value / total)}`;
      return [
        html`<rect class="${className}" x="${predicted}" y="${label}" width="1" height="1"><title>${classNames[label]} taken for ${classNames[predicted]}: ${count(value)}</title></rect>`,
      ];
    });
  });
  return html`<figure class="matrix picture">
<svg viewBox="-0.2 -0.2 ${side + 0.4} ${side + 0.4}" role="img" aria-label="Confusion matrix of ${side} classes; the list below names the most frequent confusions.">
<rect class="frame" x="-0.1" y="-0.1" width="${side + 0.2}" height="${side + 0.2}"/>${cells}</svg>
<figcaption>${side} classes. Rows: what a picture shows. Columns: what the classifier says.</figcaption></figure>`;
}

/** The wrong answers given most often, worst first; none for two classes, whose matrix says as much. */
export function frequentConfusions({ counts, classNames }: Confusion, most: number): Table | undefined {
  const pairs = counts
    .flatMap((row, label) =>
      row.flatMap((value, predicted) =>
        value > 0 && label !== predicted ? [{ label, predicted, value }] : [],
      ),
    )
    .sort((a, b) => b.value - a.value)
    .slice(0, most);
  if (counts.length < 3 || pairs.length === 0) return undefined;
  return {
    caption: "Most frequent confusions",
    columns: [
      { title: "the picture shows" },
      { title: "the classifier says" },
      { title: "times", as: "number" },
    ],
    rows: pairs.map(({ label, predicted, value }) => [
      classNames[label]!,
      classNames[predicted]!,
      { text: count(value), value },
    ]),
  };
}

import { count } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { Cell, Column, Table } from "./page.ts";

/** A page is no file of data: longer tables are cut here and whole in the other forms. */
const mostRows = 500;

/** Of a chart's numbers, which most readers do not open. */
const mostNumbers = 100;

/** A table whose first column names its rows. */
export function renderTable({ caption, columns, rows }: Table): Html {
  const narrow = columns.length <= 4 && !columns.some(({ as }) => as === "bar") ? " narrow" : "";
  return html`<p class="caption">${caption}</p><div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table class="list${narrow}">
<thead><tr>${columns.map(headCell)}</tr></thead>
<tbody>${rows.slice(0, mostRows).map((row) => html`<tr>${row.map((cell, place) => bodyCell(cell, columns[place]!, place))}</tr>\n`)}</tbody></table></div>
${restOf(rows.length, mostRows)}`;
}

/** The same behind a word, for the numbers of a chart. */
export function renderNumbers({ caption, columns, rows }: Table): Html {
  return html`<details><summary>The numbers<span class="hidden"> of ${caption}</span></summary><div class="scroll" tabindex="0" role="group" aria-label="${caption}, numbers"><table>
<caption class="hidden">${caption}</caption>
<thead><tr>${columns.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows
    .slice(0, mostNumbers)
    .map(
      ([first, ...others]) =>
        html`<tr><th scope="row">${textOf(first!)}</th>${others.map((cell) => html`<td>${textOf(cell)}</td>`)}</tr>`,
    )}</tbody></table></div>${restOf(rows.length, mostNumbers)}</details>`;
}

function headCell({ title, as = "text" }: Column): Html {
  if (as === "bar") return html`<th class="wide" aria-hidden="true"></th>`;
  return as === "number"
    ? html`<th scope="col" class="number">${title}</th>`
    : html`<th scope="col">${title}</th>`;
}

function bodyCell(cell: Cell, { as = "text" }: Column, place: number): Html {
  if (as === "bar") {
    const share = typeof cell === "string" ? 0 : Math.min(1, Math.max(0, cell.value ?? 0));
    return html`<td class="wide" aria-hidden="true"><span class="meter"><i style="width:${(share * 100).toFixed(1)}%"></i></span></td>`;
  }
  if (place === 0) return html`<th scope="row">${textOf(cell)}</th>`;
  return as === "number" ? html`<td class="number">${shownOf(cell)}</td>` : html`<td>${shownOf(cell)}</td>`;
}

function shownOf(cell: Cell): Html {
  if (typeof cell === "string" || cell.interval === undefined) return html`${textOf(cell)}`;
  return html`${cell.text}<small>${cell.interval}</small>`;
}

/** A cell as one text. */
export function fullTextOf(cell: Cell): string {
  return typeof cell === "string" || cell.interval === undefined
    ? textOf(cell)
    : `${cell.text} (${cell.interval})`;
}

/** What is shown of a cell. */
export function textOf(cell: Cell): string {
  return typeof cell === "string" ? cell : cell.text;
}

function restOf(rows: number, shown: number): Html | undefined {
  if (rows <= shown) return undefined;
  return html`<p class="small muted">and ${count(rows - shown)} more rows: the CSV and JSON forms of this page have them all.</p>`;
}

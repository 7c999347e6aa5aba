import { count } from "../format.ts";
import { type Html, html, prose } from "../html.ts";
import { seriesColors } from "../palette.ts";
import { legend } from "./legend.ts";
import type { Cell, Column, NumberCell, Table } from "./table.ts";

/** A page is no file of data: longer tables are cut here and whole in the other forms. */
const mostRows = 500;

/** Of a chart's numbers, which most readers do not open. */
const mostNumbers = 100;

/** A table whose first column names its rows. */
export function renderTable({ caption, columns, rows }: Table): Html {
  const narrow = columns.length <= 4 && !columns.some(({ as }) => as === "bar") ? " narrow" : "";
  return html`<p class="caption">${caption}</p>${partsOf(columns)}<div class="scroll" tabindex="0" role="group" aria-label="${caption}"><table class="list${narrow}">
<thead><tr>${columns.map(headCell)}</tr></thead>
<tbody>${rows.slice(0, mostRows).map((row) => html`<tr>${row.map((cell, place) => bodyCell(cell, columns[place]!, place))}</tr>\n`)}</tbody></table></div>
${restOf(rows.length, mostRows)}`;
}

/** What the colours of bars in parts mean. */
function partsOf(columns: readonly Column[]): Html | undefined {
  const parts = columns.flatMap((column) => column.parts ?? []);
  if (parts.length === 0) return undefined;
  return legend(parts.map((text, place) => ({ text, as: "bars", color: colorOfPart(place) })));
}

function colorOfPart(place: number): string {
  return `c${(place % seriesColors) + 1}`;
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
    return html`<td class="wide" aria-hidden="true">${barOf(cell)}</td>`;
  }
  if (place === 0) return html`<th scope="row">${textOf(cell)}</th>`;
  return as === "number" ? html`<td class="number">${shownOf(cell)}</td>` : html`<td>${shownOf(cell)}</td>`;
}

function barOf(cell: Cell): Html {
  const { value = 0, parts }: Partial<NumberCell> = typeof cell === "string" ? {} : cell;
  const width = (share: number) => `width:${(Math.min(1, Math.max(0, share)) * 100).toFixed(1)}%`;
  if (parts === undefined) return html`<span class="meter"><i style="${width(value ?? 0)}"></i></span>`;
  return html`<span class="meter parts">${parts.map(
    (share, place) => html`<i class="part ${colorOfPart(place)}" style="${width(share)}"></i>`,
  )}</span>`;
}

function shownOf(cell: Cell): Html {
  if (typeof cell === "string") return prose(cell);
  if (cell.interval === undefined) return html`${cell.text}`;
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

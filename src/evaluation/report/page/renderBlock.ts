import { confusionMatrix } from "../confusionMatrix.ts";
import { type Html, html, pathParts, prose } from "../html.ts";
import type { Chart } from "./chart.ts";
import { renderChart } from "./chartKinds.ts";
import type { Block, Phrase, Picture } from "./page.ts";
import { renderTable } from "./renderTable.ts";

/** A part of a section as HTML. */
export function renderBlock(block: Block): Html {
  switch (block.kind) {
    case "text":
      return block.isQuiet
        ? html`<p class="muted small">${prose(block.text)}</p>`
        : html`<p>${prose(block.text)}</p>`;
    case "list":
      return titled(
        block,
        html`<ul class="plain">${block.items.map((item) => html`<li>${item}</li>\n`)}</ul>`,
      );
    case "command":
      return html`<pre>${prose(block.text)}</pre>`;
    case "facts":
      return titled(
        block,
        html`<dl class="facts">${block.facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>\n`)}</dl>`,
      );
    case "table":
      return renderTable(block.table);
    case "confusion":
      return confusionMatrix(block.confusion);
    case "charts":
      return html`<div class="${isRowOfMaps(block.charts) ? "charts triple" : "charts"}">${block.charts.map(renderChart)}</div>`;
    case "gallery":
      return gallery(block.pictures);
  }
}

/** Three charts without numbers at their axes can be read when they are small. */
function isRowOfMaps(charts: readonly Chart[]): boolean {
  return charts.length === 3 && charts.every((chart) => "x" in chart && chart.x.isBare && chart.y.isBare);
}

function titled(
  { title, isFolded = false }: { readonly title?: string; readonly isFolded?: boolean },
  content: Html,
): Html {
  if (title === undefined) return content;
  return isFolded
    ? html`<details><summary>${title}</summary>${content}</details>`
    : html`<p><strong>${title}</strong></p>${content}`;
}

/** Only pictures inside the page: an address would tell somebody that the report was opened. */
const inlinePicture = /^data:image\/(?:png|jpeg|webp|gif|avif);base64,[A-Za-z0-9+/]+=*$/;

function gallery(pictures: readonly Picture[]): Html {
  const look = pictures.some(({ beside }) => beside !== undefined) ? "gallery pairs" : "gallery";
  return html`<ul class="${look}">${pictures.map(renderPicture)}</ul>`;
}

function renderImage(picture: string | undefined, name: string): Html {
  return picture !== undefined && inlinePicture.test(picture)
    ? html`<img src="${picture}" alt="${name}" width="160" height="160" loading="lazy">`
    : html`<span class="blank"></span>`;
}

function renderPicture({ name, thumbnail, beside, lines }: Picture): Html {
  const pictures =
    beside === undefined
      ? renderImage(thumbnail, name)
      : html`<div class="two">${renderImage(thumbnail, name)}${renderImage(beside, `${name}, beside`)}</div>`;
  return html`<li>${pictures}${lines.map((line) => html`<p>${line.map(renderPhrase)}</p>`)}
<p class="file">${pathParts(name)}</p></li>\n`;
}

function renderPhrase(phrase: Phrase): Html {
  if (typeof phrase === "string") return html`${phrase}`;
  return phrase.tone === undefined
    ? html`<strong>${phrase.strong}</strong>`
    : html`<strong class="${phrase.tone}">${phrase.strong}</strong>`;
}

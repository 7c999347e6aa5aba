import { Html, html, prose } from "../html.ts";
import { styleSheet } from "../style.ts";
import type { Answer, KeyNumber, Page, Section } from "./page.ts";
import { renderBlock } from "./renderBlock.ts";

/**
 * One HTML file that needs nothing else, no network and no scripts (its own policy forbids both). Light and dark, for narrow screens
 * and for paper.
 */
export function renderPage(page: Page): string {
  const date = page.created.slice(0, 16).replace("T", " ");
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${page.title}: ${page.kind.toLowerCase()}</title>
<style>${new Html(styleSheet())}</style>
</head>
<body>
<header><h1>${page.title}</h1><p class="muted small">${page.kind}, ${date} UTC. ${page.about}</p></header>
<main>
${renderAnswer(page.answer)}
${page.sections.map(renderSection)}
</main>
<footer>Written by permafrost ${page.version}. This page holds all it shows and loads nothing.</footer>
</body>
</html>
`.text;
}

function renderAnswer({ sentence, remark, numbers, pictureTitle, picture }: Answer): Html {
  const words = html`<p class="sentence">${sentence}</p>
${remark === undefined ? undefined : html`<p class="muted">${prose(remark)}</p>`}
${numbers.length === 0 ? undefined : html`<dl class="three">${numbers.map(renderNumber)}</dl>`}`;
  if (picture === undefined) return html`<section class="answer alone"><div>${words}</div></section>`;
  return html`<section class="answer"><div>${words}</div>
<div>${pictureTitle === undefined ? undefined : html`<h2>${pictureTitle}</h2>`}${renderBlock(picture)}</div></section>`;
}

function renderNumber({ text, meaning, tone }: KeyNumber): Html {
  const value = tone === undefined ? html`<dd>${text}</dd>` : html`<dd class="${tone}">${text}</dd>`;
  return html`<div><dt>${meaning}</dt>${value}</div>\n`;
}

/** Sections with few parts stay on one sheet of paper. */
function renderSection({ title, blocks }: Section): Html {
  const isLong = blocks.some(({ kind }) => kind === "gallery" || kind === "table");
  return html`<section${isLong ? html` class="long"` : undefined}><h2>${title}</h2>
${blocks.map((block) => html`<div class="block">${renderBlock(block)}</div>\n`)}</section>`;
}

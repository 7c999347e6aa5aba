import { Html, type HtmlPart, html } from "./html.ts";
import { styleSheet } from "./style.ts";

export interface Page {
  readonly title: string;
  /** Above the first section: what this is, of what, of when. */
  readonly heading: string;
  readonly subtitle: string;
  readonly sections: HtmlPart;
  readonly footer: string;
  /** Style that only this kind of page needs. */
  readonly extraStyle?: string;
}

/** A page in one HTML file that needs nothing else, no network and no scripts (its own policy forbids both). */
export function renderPage({ title, heading, subtitle, sections, footer, extraStyle = "" }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Html(styleSheet() + extraStyle)}</style>
</head>
<body>
<header><h1>${heading}</h1><p class="muted small">${subtitle}</p></header>
<main>
${sections}
</main>
<footer>${footer}</footer>
</body>
</html>
`.text;
}

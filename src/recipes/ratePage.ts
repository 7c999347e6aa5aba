import { Html, html } from "../evaluation/report/html.ts";
import { rateChart, rateText } from "../evaluation/report/rateChart.ts";
import { styleSheet } from "../evaluation/report/style.ts";
import type { FoundRate } from "./findRate.ts";

const rateStyle = `.chart .dot{fill:var(--muted);opacity:.6}
.chart .mark{stroke:var(--accent);stroke-dasharray:3 4}`;

/** A page that stands alone: the curve of a range test and what it suggests. */
export function ratePage(found: FoundRate): string {
  const { base, head, optimizer, batchSize, rates, losses } = found;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<title>Learning rates</title>
<style>${new Html(styleSheet())}
${new Html(rateStyle)}</style>
</head>
<body>
<header><h1>Learning rates</h1><p class="muted small">Base ${base}, head ${head}, ${optimizer}, batches of ${batchSize}, ${found.trainImages} training images.</p></header>
<main>
<section>
<p><b>${verdict(found)}</b> ${ending(found)}</p>
${rateChart(found)}
<p class="muted small">Dots: the loss of each batch. Curve: without the noise of single batches. One step at each rate.</p>
<details><summary>The numbers</summary><div class="scroll"><table class="list narrow">
<thead><tr><th scope="col" class="number">rate</th><th scope="col" class="number">loss</th><th scope="col" class="number">smoothed</th></tr></thead>
<tbody>${rates.map((rate, at) => html`<tr><td class="number">${rate.toExponential(3)}</td><td class="number">${losses[at]!.toFixed(4)}</td><td class="number">${found.smoothed[at]!.toFixed(4)}</td></tr>`)}</tbody>
</table></div></details>
</section>
</main>
<footer>This page holds all it shows and loads nothing.</footer>
</body>
</html>
`;
  return page.text;
}

/** One sentence. */
export function verdict({ suggestion, rates }: FoundRate): string {
  if (suggestion === undefined) {
    return `The loss does not fall anywhere between ${rateText(rates[0] ?? 0)} and ${rateText(rates.at(-1) ?? 0)}.`;
  }
  return `Suggested learning rate: ${rateText(suggestion)}.`;
}

/** Why the test ended. */
export function ending({ ended, rates }: FoundRate): string {
  const last = rateText(rates.at(-1) ?? 0);
  if (ended === "divergence") return `The loss diverged at ${last}.`;
  if (ended === "invalid loss") return `The loss was no number any more after ${last}.`;
  return `All rates up to ${last} were tried.`;
}

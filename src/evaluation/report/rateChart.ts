import { decimal } from "./format.ts";
import { type Html, html } from "./html.ts";
import { niceTicks } from "./lineChart.ts";

/** A range test: the loss at each rate, rates rising by the same factor. */
export interface RateChart {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly smoothed: readonly number[];
  readonly suggestion: number | undefined;
}

const width = 720;
const height = 380;
const plot = { left: 58, right: 24, top: 30, bottom: 48 };

/** How loss depends on the rate: each batch as a dot, the smoothed curve, the suggestion as a line from top to bottom. */
export function rateChart(chart: RateChart): Html {
  const { rates, losses, smoothed, suggestion } = chart;
  const top = ceiling(smoothed);
  const ticks = niceTicks(Math.min(...smoothed, ...losses), top);
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const [first, last] = [Math.log10(rates[0]!), Math.log10(rates.at(-1)!)];
  const x = (rate: number) =>
    round(plot.left + ((width - plot.left - plot.right) * (Math.log10(rate) - first)) / (last - first || 1));
  const y = (loss: number) =>
    round(
      height -
        plot.bottom -
        ((height - plot.top - plot.bottom) * (Math.min(loss, high) - low)) / (high - low),
    );
  const dots = losses.flatMap((loss, at) => (loss <= high ? [[rates[at]!, loss] as const] : []));
  const path = smoothed
    .flatMap((loss, at) => (loss <= high ? [`${x(rates[at]!)} ${y(loss)}`] : []))
    .join("L");
  return html`<figure class="chart">
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${summary(chart)}">
${ticks.map(
  (
    tick,
  ) => html`<line class="grid" x1="${plot.left}" x2="${width - plot.right}" y1="${y(tick)}" y2="${y(tick)}"/>
<text x="${plot.left - 8}" y="${y(tick) + 4}" text-anchor="end">${decimal(tick)}</text>`,
)}
${powersOfTen(first, last).map(
  (
    power,
  ) => html`<line class="grid" x1="${x(10 ** power)}" x2="${x(10 ** power)}" y1="${plot.top}" y2="${height - plot.bottom}"/>
<text x="${x(10 ** power)}" y="${height - plot.bottom + 20}" text-anchor="middle">${rateText(10 ** power)}</text>`,
)}
<text x="${plot.left}" y="${plot.top - 14}">loss</text>
<text x="${width - plot.right}" y="${height - 6}" text-anchor="end">learning rate</text>
${dots.map(([rate, loss]) => html`<circle class="dot" cx="${x(rate)}" cy="${y(loss)}" r="2"/>`)}
<path class="validation" d="M${path}"/>
${suggestion === undefined ? undefined : mark(chart, suggestion, x, y)}
</svg>
</figure>`;
}

/** `0.001`, `3.2e-5`: two significant digits. */
export function rateText(rate: number): string {
  const short = Number(rate.toPrecision(2));
  return short >= 1e-3 && short < 1e4 ? String(short) : short.toExponential().replace("e+", "e");
}

function mark(
  { rates, smoothed }: RateChart,
  suggestion: number,
  x: (rate: number) => number,
  y: (loss: number) => number,
): Html {
  const at = x(suggestion);
  const isRight = at > width * 0.7;
  return html`<line class="mark" x1="${at}" x2="${at}" y1="${plot.top}" y2="${height - plot.bottom}"/>
<circle class="best" cx="${at}" cy="${y(smoothed[rates.indexOf(suggestion)]!)}" r="5"/>
<text class="best" x="${at + (isRight ? -8 : 8)}" y="${plot.top + 16}" text-anchor="${isRight ? "end" : "start"}">${rateText(suggestion)}: falls fastest</text>`;
}

/** The end of a diverging curve would press all the rest to the bottom: what is far above the beginning is left out. */
function ceiling(smoothed: readonly number[]): number {
  const lowest = Math.min(...smoothed);
  const beginning = smoothed[0]!;
  return Math.min(Math.max(...smoothed), beginning + Math.max(beginning - lowest, 0.5 * Math.abs(beginning)));
}

function powersOfTen(first: number, last: number): number[] {
  const from = Math.ceil(first - 1e-9);
  return Array.from({ length: Math.floor(last + 1e-9) - from + 1 }, (_, index) => from + index);
}

function summary({ rates, smoothed, suggestion }: RateChart): string {
  const found = suggestion === undefined ? "It never falls." : `It falls fastest at ${rateText(suggestion)}.`;
  return `Loss from ${decimal(smoothed[0]!)} at a learning rate of ${rateText(rates[0]!)} to ${decimal(smoothed.at(-1)!)} at ${rateText(rates.at(-1)!)}. ${found}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

import { decimal, percent } from "./format.ts";
import { type Html, html } from "./html.ts";
import { labelBaseline } from "./labelPlace.ts";

/** One line of a chart: a value an epoch. */
export interface Series {
  readonly label: "training" | "validation";
  readonly values: readonly number[];
}

export interface LineChart {
  readonly title: string;
  readonly series: readonly Series[];
  /** How values are written: shares as per cent. */
  readonly unit: "percent" | "number";
  /** Whether the best validation value is the largest or the smallest; it is marked. */
  readonly best: "largest" | "smallest";
}

const width = 440;
const height = 250;
const plot = { left: 50, right: 12, top: 14, bottom: 34 };

/** A small picture of how a number changed over the epochs, with the numbers themselves in a table behind it. */
export function lineChart(chart: LineChart): Html {
  const epochs = Math.max(...chart.series.map(({ values }) => values.length));
  const finite = chart.series.flatMap(({ values }) => values.filter(Number.isFinite));
  const ticks = niceTicks(Math.min(...finite), Math.max(...finite), chart.unit === "percent" ? 1 : undefined);
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const x = (epoch: number) =>
    plot.left + ((width - plot.left - plot.right) * (epoch - 1)) / Math.max(1, epochs - 1);
  const y = (value: number) =>
    height - plot.bottom - ((height - plot.top - plot.bottom) * (value - low)) / (high - low);
  const show = chart.unit === "percent" ? percent : decimal;
  return html`<figure class="chart">
<figcaption>${chart.title} <span class="legend">${chart.series.map(
    ({ label }) => html`<span class="key ${label}"><i></i>${label}</span>`,
  )}</span></figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${summary(chart, show)}">
${ticks.map(
  (
    tick,
  ) => html`<line class="grid" x1="${plot.left}" x2="${width - plot.right}" y1="${round(y(tick))}" y2="${round(y(tick))}"/>
<text x="${plot.left - 8}" y="${round(y(tick) + 4)}" text-anchor="end">${tickText(tick, ticks, chart.unit)}</text>`,
)}
${epochTicks(epochs).map((epoch) => html`<text x="${round(x(epoch))}" y="${height - 14}" text-anchor="middle">${epoch}</text>`)}
<text x="${width - plot.right}" y="${height - 2}" text-anchor="end">epoch</text>
${chart.series.map(({ label, values }) => html`<path class="${label}" d="${pathOf(values, x, y)}"/>`)}
${bestMark(chart, x, y, show)}
</svg>
${numbers(chart, epochs, show)}
</figure>`;
}

function summary({ title, series }: LineChart, show: (value: number) => string): string {
  return `${title}: ${series
    .map(({ label, values }) => `${label} from ${show(values[0]!)} to ${show(values.at(-1)!)}`)
    .join("; ")} over ${series[0]!.values.length} epochs.`;
}

/** A line through the values; those that are not finite leave a gap. */
function pathOf(
  values: readonly number[],
  x: (epoch: number) => number,
  y: (value: number) => number,
): string {
  let pen = "M";
  return values
    .map((value, index) => {
      if (!Number.isFinite(value)) {
        pen = "M";
        return "";
      }
      const step = `${pen}${round(x(index + 1))} ${round(y(value))}`;
      pen = "L";
      return step;
    })
    .join("");
}

function bestMark(
  { series, best }: LineChart,
  x: (epoch: number) => number,
  y: (value: number) => number,
  show: (value: number) => string,
): Html | undefined {
  const values = series.find(({ label }) => label === "validation")?.values.filter(Number.isFinite) ?? [];
  if (values.length < 2) return undefined;
  const value = best === "largest" ? Math.max(...values) : Math.min(...values);
  const epoch = values.indexOf(value) + 1;
  const [cx, cy] = [round(x(epoch)), round(y(value))];
  const anchor = cx > width * 0.75 ? "end" : cx < width * 0.3 ? "start" : "middle";
  const text = `best ${show(value)}, epoch ${epoch}`;
  const lines = series.map((line) =>
    line.values.flatMap((each, at) => (Number.isFinite(each) ? [[x(at + 1), y(each)] as const] : [])),
  );
  const label = { x: cx, y: cy, anchor, characters: text.length } as const;
  const baseline = labelBaseline(label, lines, { top: 0, bottom: height - plot.bottom });
  return html`<circle class="best" cx="${cx}" cy="${cy}" r="4"/>
<text class="best" x="${cx}" y="${round(baseline)}" text-anchor="${anchor}">${text}</text>`;
}

function numbers({ title, series }: LineChart, epochs: number, show: (value: number) => string): Html {
  return html`<details><summary>The numbers</summary><div class="scroll"><table>
<caption class="hidden">${title} by epoch</caption>
<thead><tr><th scope="col">epoch</th>${series.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead>
<tbody>${Array.from(
    { length: epochs },
    (_, epoch) =>
      html`<tr><th scope="row">${epoch + 1}</th>${series.map(({ values }) => html`<td>${values[epoch] === undefined ? "" : show(values[epoch])}</td>`)}</tr>`,
  )}</tbody></table></div></details>`;
}

/** Three to seven round numbers that enclose a range (steps of 1, 2 or 5 times a power of ten). */
export function niceTicks(low: number, high: number, limit = Number.POSITIVE_INFINITY): number[] {
  const isFlat = high - low <= 1e-9 * Math.max(1, Math.abs(high));
  const span = !isFlat ? high - low : Math.abs(high) > 1e-9 ? Math.abs(high) * 0.1 : 1;
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor((low + span * 1e-9) / step);
  const last = Math.min(
    Math.max(Math.ceil((high - span * 1e-9) / step), first + 1),
    Math.round(limit / step),
  );
  const start = Math.min(first, last - 1);
  return Array.from({ length: last - start + 1 }, (_, index) =>
    Number(((start + index) * step).toPrecision(12)),
  );
}

/** Only the decimals that tell the ticks apart. */
function tickText(tick: number, ticks: readonly number[], unit: LineChart["unit"]): string {
  const scale = unit === "percent" ? 100 : 1;
  const step = Math.abs((ticks[1]! - ticks[0]!) * scale);
  const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(step) - 1e-9)));
  return `${(tick * scale).toFixed(decimals)}${unit === "percent" ? "\u202f%" : ""}`;
}

function epochTicks(epochs: number): number[] {
  const step =
    [1, 2, 5, 10, 20, 50, 100, 200, 500].find((size) => epochs / size <= 6) ?? Math.ceil(epochs / 5);
  const ticks = Array.from({ length: Math.floor(epochs / step) }, (_, index) => (index + 1) * step);
  return step === 1 ? ticks : [1, ...ticks];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

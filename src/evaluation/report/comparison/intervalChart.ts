import { type Html, html } from "../html.ts";
import { niceTicks } from "../niceTicks.ts";

/** One line of a chart: a value, its range, and perhaps the values of single runs. */
export interface IntervalRow {
  readonly label: string;
  readonly value: number;
  readonly interval: readonly [number, number];
  /** Drawn as small ticks: the runs with other seeds. */
  readonly runs?: readonly number[];
  /** How it is drawn: "strong" for what stands out. */
  readonly tone?: "strong" | "plain";
}

export interface IntervalChart {
  readonly title: string;
  readonly rows: readonly IntervalRow[];
  /** Shares are written as per cent, differences of shares as points. */
  readonly unit: "percent" | "points";
  /** A line from top to bottom: no difference. */
  readonly zero?: boolean;
}

const width = 460;
const rowHeight = 28;
const plot = { left: 172, right: 18, top: 8, bottom: 30 };

/** Values as dots on their 95 % intervals, one row each. The table beside it has the numbers. */
export function intervalChart({ title, rows, unit, zero = false }: IntervalChart): Html {
  const all = rows.flatMap(({ value, interval, runs = [] }) => [value, ...interval, ...runs]);
  const least = Math.min(...all, ...(zero ? [0] : []));
  const most = Math.max(...all, ...(zero ? [0] : []));
  const ticks = niceTicks(least, most, unit === "percent" ? 1 : undefined);
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const x = (value: number) =>
    round(plot.left + ((width - plot.left - plot.right) * (value - low)) / (high - low));
  const height = plot.top + rows.length * rowHeight + plot.bottom;
  const bottom = height - plot.bottom;
  return html`<figure class="chart intervals"><figcaption>${title}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${summary(title, rows, unit)}">
${ticks.map(
  (tick) => html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${plot.top}" y2="${bottom}"/>
<text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${show(tick, unit, ticks)}</text>`,
)}
${zero ? html`<line class="zero" x1="${x(0)}" x2="${x(0)}" y1="${plot.top}" y2="${bottom}"/>` : undefined}
${rows.map((row, at) => drawRow(row, plot.top + at * rowHeight + rowHeight / 2, x))}
</svg></figure>`;
}

function drawRow(
  { label, value, interval, runs = [], tone = "plain" }: IntervalRow,
  y: number,
  x: (value: number) => number,
): Html {
  const shown = label.length > 27 ? `${label.slice(0, 26)}…` : label;
  return html`<g class="${tone}"><title>${label}</title><text class="name" x="${plot.left - 12}" y="${y + 4}" text-anchor="end">${shown}</text>
<line class="range" x1="${x(interval[0])}" x2="${x(interval[1])}" y1="${y}" y2="${y}"/>
${runs.map((run) => html`<line class="run" x1="${x(run)}" x2="${x(run)}" y1="${y - 7}" y2="${y + 7}"/>`)}
<circle class="dot" cx="${x(value)}" cy="${y}" r="5"/></g>`;
}

function summary(title: string, rows: readonly IntervalRow[], unit: IntervalChart["unit"]): string {
  const values = rows.map(
    ({ label, value, interval: [low, high] }) =>
      `${label} ${show(value, unit)} (${show(low, unit)} to ${show(high, unit)})`,
  );
  return `${title}: ${values.join("; ")}.`;
}

function show(value: number, unit: IntervalChart["unit"], ticks?: readonly number[]): string {
  const step = ticks === undefined ? 0.1 : Math.abs(100 * (ticks[1]! - ticks[0]!));
  const decimals = Math.max(0, Math.min(2, Math.ceil(-Math.log10(step) - 1e-9)));
  const text = (100 * value).toFixed(decimals).replace(/^-(0(?:\.0+)?)$/, "$1");
  return unit === "percent" ? `${text}\u202f%` : text.replace("-", "−");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

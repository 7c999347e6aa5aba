import { type Html, html } from "../html.ts";
import { type Axis, axisShape, placeAxis, valueCell } from "./axis.ts";
import type { ChartKind } from "./chartKind.ts";
import { round, shortened } from "./drawing.ts";
import { type Emphasis, legend } from "./legend.ts";
import { exactly, flag, list, number, record, text } from "./shape.ts";
import type { Table } from "./table.ts";

/** Values as dots on their 95 % intervals, one row each, as plain data. */
export interface Intervals {
  readonly kind: "intervals";
  readonly title: string;
  /** What one sees, in a sentence, for those who do not see it. */
  readonly summary: string;
  /** What the rows are: "method". */
  readonly names: string;
  readonly values: Axis;
  readonly rows: readonly IntervalRow[];
  /** A value with a line from top to bottom: no difference, say. */
  readonly guide?: number;
  /** Left out: rows stand out without a word, or none does. */
  readonly emphasis?: Emphasis;
}

export interface IntervalRow {
  readonly name: string;
  readonly value: number;
  readonly interval: readonly [low: number, high: number];
  readonly isStrong?: boolean;
}

const width = 440;
const margin = { left: 12, right: 12, top: 4, bottom: 40 };
const mostCharacters = 46;
/** Names stand above their intervals: long ones have room, on narrow screens too. */
const row = { height: 37, name: 13, dot: 25 };

export const intervalsKind: ChartKind<Intervals> = {
  shape: record(
    {
      kind: exactly("intervals"),
      title: text,
      summary: text,
      names: text,
      values: axisShape,
      rows: list(record({ name: text, value: number, interval: list(number, 2, 2) }, { isStrong: flag })),
    },
    { guide: number, emphasis: record({ strong: text, plain: text }) },
  ),
  look: () => "intervals",
  legend: ({ emphasis }) =>
    emphasis &&
    legend([
      { text: emphasis.strong, as: "points", color: "c1" },
      { text: emphasis.plain, as: "hollow", color: "quiet" },
    ]),
  draw,
  table: tableOf,
};

function draw({ title, summary, values, rows, guide }: Intervals): Html {
  const all = rows.flatMap(({ value, interval }) => [value, ...interval]);
  const known = guide === undefined ? all : [...all, guide];
  const x = placeAxis(values, known, [margin.left, width - margin.right], 5);
  const bottom = margin.top + rows.length * row.height;
  const upright = (at: number, look: string) =>
    html`<line class="${look}" x1="${round(at)}" x2="${round(at)}" y1="${margin.top}" y2="${bottom}"/>`;
  return html`<svg viewBox="0 0 ${width} ${bottom + margin.bottom}" role="img" aria-label="${title}: ${summary}">
${x.ticks.map(
  ({ at, text: words }) => html`${upright(at, "grid")}
<text x="${round(at)}" y="${bottom + 17}" text-anchor="middle">${words}</text>`,
)}
${guide === undefined ? undefined : upright(x.at(guide), "zero")}
<text class="axis" x="${width - margin.right}" y="${bottom + 36}" text-anchor="end">${values.title}</text>
${rows.map((each, at) => drawRow(each, margin.top + at * row.height, x.at, values))}
</svg>`;
}

function drawRow(
  { name, value, interval: [low, high], isStrong = false }: IntervalRow,
  top: number,
  x: (value: number) => number,
  values: Axis,
): Html {
  const color = isStrong ? "c1" : "quiet";
  const shown = shortened(name, mostCharacters);
  return html`<g><title>${name}</title><text class="name" x="${margin.left}" y="${top + row.name}">${shown}</text>
<text class="name" x="${width - margin.right}" y="${top + row.name}" text-anchor="end">${valueCell(value, values).text}</text>
<line class="range ${color}" x1="${round(x(low))}" x2="${round(x(high))}" y1="${top + row.dot}" y2="${top + row.dot}"/>
<circle class="dot ${color}${isStrong ? "" : " hollow"}" cx="${round(x(value))}" cy="${top + row.dot}" r="5"/></g>`;
}

function tableOf({ title, names, values, rows }: Intervals): Table {
  return {
    caption: title,
    columns: [
      { title: names },
      { title: values.title, as: "number" },
      { title: "from", as: "number" },
      { title: "to", as: "number" },
    ],
    rows: rows.map(({ name, value, interval }) => [
      name,
      ...[value, ...interval].map((each) => valueCell(each, values)),
    ]),
  };
}

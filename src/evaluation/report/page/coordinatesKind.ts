import { line } from "d3-shape";
import { type Html, html } from "../html.ts";
import { type Axis, axisShape, axisText, type PlacedAxis, placeAxis, valueCell } from "./axis.ts";
import type { ChartKind } from "./chartKind.ts";
import { drawPanels } from "./coordinatePanels.ts";
import type { Coordinates } from "./coordinates.ts";
import { round, shortened, thinnedTicks } from "./drawing.ts";
import { legend } from "./legend.ts";
import { exactly, flag, list, number, record, type Shape, text } from "./shape.ts";
import type { Table } from "./table.ts";

const width = 760;
const height = 320;
const margin = { left: 164, right: 60, top: 34, bottom: 16 };
/** More names than this on one axis cannot be read. */
const mostNames = 12;
const mostCharacters = 20;

const members = record(
  {
    kind: exactly("coordinates"),
    title: text,
    summary: text,
    axes: list(axisShape, 20, 2),
    lines: list(record({ values: list(number) }, { isStrong: flag })),
  },
  { emphasis: record({ strong: text, plain: text }) },
);

const shape: Shape = (found, at) => {
  const wrong = members(found, at);
  if (wrong !== undefined) return wrong;
  const { axes, lines } = found as Coordinates;
  const other = lines.findIndex(({ values }) => values.length !== axes.length);
  return other < 0
    ? undefined
    : `${at}.lines[${other}].values: expected one of each of the ${axes.length} axes`;
};

export const coordinatesKind: ChartKind<Coordinates> = {
  shape,
  look: () => "coordinates",
  legend: ({ emphasis }) =>
    emphasis &&
    legend([
      { text: emphasis.strong, as: "line", color: "c1" },
      { text: emphasis.plain, as: "line", color: "quiet" },
    ]),
  draw: (chart) => html`${drawLines(chart)}${drawPanels(chart)}`,
  table: ({ title, axes, lines }): Table => ({
    caption: title,
    columns: [
      { title: "line" },
      ...axes.map((axis) => ({
        title: axis.title,
        ...(axis.scale === "category" ? {} : { as: "number" as const }),
      })),
    ],
    rows: lines.map(({ values }, at) => [
      String(at + 1),
      ...values.map((value, place) => axisText(value, axes[place]!) ?? valueCell(value, axes[place]!)),
    ]),
  }),
};

function drawLines({ title, summary, axes, lines }: Coordinates): Html {
  const placed = axes.map((axis, place) =>
    upright(
      axis,
      lines.map(({ values }) => values[place]!),
    ),
  );
  const x = (place: number) =>
    margin.left + ((width - margin.left - margin.right) * place) / (axes.length - 1);
  const path = line<number>()
    .x((_, place) => round(x(place)))
    .y((value, place) => round(placed[place]!.at(value)));
  const behind = [...lines].reverse();
  const ordered = [
    ...behind.filter(({ isStrong }) => !isStrong),
    ...behind.filter(({ isStrong }) => isStrong),
  ];
  return html`<svg class="lines" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}: ${summary}">
${ordered.map(({ values, isStrong }) => html`<path class="${isStrong ? "c1" : "quiet"}" d="${path([...values]) ?? ""}"/>`)}
${placed.map((axis, place) => drawAxis(axes[place]!, axis, round(x(place)), place === axes.length - 1))}
</svg>`;
}

/** Names stand from the top down, numbers from the bottom up. */
function upright(axis: Axis, values: readonly number[]): PlacedAxis {
  const [top, bottom] = [margin.top, height - margin.bottom];
  return placeAxis(axis, values, axis.scale === "category" ? [top, bottom] : [bottom, top], 5);
}

function drawAxis({ title }: Axis, placed: PlacedAxis, x: number, isLast: boolean): Html {
  const shown = thinnedTicks(placed, mostNames);
  return html`<line class="upright" x1="${x}" x2="${x}" y1="${margin.top}" y2="${height - margin.bottom}"/>
<text class="name" x="${x}" y="${margin.top - 16}" text-anchor="middle">${title}</text>
${shown.map(({ at, text: words }) => html`<text x="${x + (isLast ? 8 : -8)}" y="${round(at + 4)}" text-anchor="${isLast ? "start" : "end"}">${shortened(words, mostCharacters)}</text>`)}`;
}

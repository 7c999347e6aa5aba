import { type Html, html } from "../html.ts";
import type { Chart } from "./chart.ts";
import type { ChartKind } from "./chartKind.ts";
import { coordinatesKind } from "./coordinatesKind.ts";
import { intervalsKind } from "./intervals.ts";
import { plotKind } from "./plotKind.ts";
import { renderNumbers } from "./renderTable.ts";
import { kinds, type Shape } from "./shape.ts";
import type { Table } from "./table.ts";

type KindName = NonNullable<Chart["kind"]>;

/** All kinds of charts. A new one is a file, a member of `Chart` and a line here. */
const chartKinds: { readonly [Name in KindName]: ChartKind<Extract<Chart, { readonly kind?: Name }>> } = {
  plot: plotKind,
  intervals: intervalsKind,
  coordinates: coordinatesKind,
};

function kindOf(chart: Chart): ChartKind<Chart> {
  // The list's type holds each kind to its charts; what TypeScript does not follow is the way back.
  return chartKinds[chart.kind ?? "plot"] as ChartKind<Chart>;
}

/** A chart as SVG with its legend, and its numbers in a table behind it. */
export function renderChart(chart: Chart): Html {
  const kind = kindOf(chart);
  return html`<figure class="chart ${kind.look(chart)}">
<figcaption>${chart.title} ${kind.legend(chart)}</figcaption>
${kind.draw(chart)}
${renderNumbers(kind.table(chart))}
</figure>`;
}

/** The numbers of a chart. */
export function chartTable(chart: Chart): Table {
  return kindOf(chart).table(chart);
}

const named = kinds(Object.fromEntries(Object.entries(chartKinds).map(([name, { shape }]) => [name, shape])));

/** Of charts that come from a file. */
export const chartShape: Shape = (value, at) => {
  const isNamed = value !== null && typeof value === "object" && "kind" in value;
  return isNamed ? named(value, at) : plotKind.shape(value, at);
};

import { count, decimal, percent } from "../format.ts";
import type { Axis, Chart, Series } from "./chart.ts";
import type { Cell, Column, Table } from "./page.ts";

/** The numbers of a chart. Series over the same x stand beside each other, others one below the other. */
export function chartTable(chart: Chart): Table {
  const { title: caption, x, y, series } = chart;
  return sameX(series) && !series.some(({ names }) => names !== undefined)
    ? { caption, ...besideEachOther(series, x, y) }
    : { caption, ...oneBelowTheOther(series, x, y) };
}

function sameX(series: readonly Series[]): boolean {
  const [first, ...others] = series;
  return others.every(
    ({ points }) =>
      points.length === first!.points.length && points.every(([x], index) => x === first!.points[index]![0]),
  );
}

function besideEachOther(series: readonly Series[], x: Axis, y: Axis): Omit<Table, "caption"> {
  const ranged = series.map(({ points }) => points.some((point) => point.length === 4));
  const columns: Column[] = [
    { title: x.title },
    ...series.flatMap(({ name }, place) => [
      { title: name, as: "number" } as const,
      ...(ranged[place]
        ? ([
            { title: "from", as: "number" },
            { title: "to", as: "number" },
          ] as const)
        : []),
    ]),
  ];
  const rows = (series[0]?.points ?? []).map(([at], index) => [
    xText(at, x),
    ...series.flatMap(({ points }, place) => {
      const [, value, low, high] = points[index]!;
      return [cell(value, y), ...(ranged[place] ? [cell(low, y), cell(high, y)] : [])];
    }),
  ]);
  return { columns, rows };
}

function oneBelowTheOther(series: readonly Series[], x: Axis, y: Axis): Omit<Table, "caption"> {
  const named = series.some(({ names }) => names !== undefined);
  const ranged = series.some(({ points }) => points.some((point) => point.length === 4));
  const ends = ranged
    ? ([
        { title: "from", as: "number" },
        { title: "to", as: "number" },
      ] as const)
    : [];
  return {
    columns: [
      { title: "line" },
      ...(named ? [{ title: "image" }] : []),
      { title: x.title, as: "number" },
      { title: y.title || "y", as: "number" },
      ...ends,
    ],
    rows: series.flatMap(({ name, names, points }) =>
      points.map(([at, value, low, high], index) => [
        name,
        ...(named ? [names?.[index] ?? ""] : []),
        cell(at, x),
        cell(value, y),
        ...(ranged ? [cell(low, y), cell(high, y)] : []),
      ]),
    ),
  };
}

function xText(at: number, axis: Axis): Cell {
  return axis.scale === "category" ? (axis.names?.[at] ?? "") : cell(at, axis);
}

function cell(value: number | null | undefined, { unit }: Axis): Cell {
  if (value === null || value === undefined || !Number.isFinite(value)) return { text: "", value: null };
  if (unit === "percent") return { text: percent(value), value };
  return { text: unit === "count" ? count(value) : decimal(value), value };
}

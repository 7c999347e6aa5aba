import { type Axis, axisText, valueCell } from "./axis.ts";
import type { Plot, Series } from "./plot.ts";
import type { Cell, Column, Table } from "./table.ts";

/** The numbers of a plot. Series over the same x stand beside each other, others one below the other. */
export function plotTable({ title: caption, x, y, series }: Plot): Table {
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
      return [valueCell(value, y), ...(ranged[place] ? [valueCell(low, y), valueCell(high, y)] : [])];
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
        valueCell(at, x),
        valueCell(value, y),
        ...(ranged ? [valueCell(low, y), valueCell(high, y)] : []),
      ]),
    ),
  };
}

function xText(at: number, axis: Axis): Cell {
  return axisText(at, axis) ?? valueCell(at, axis);
}

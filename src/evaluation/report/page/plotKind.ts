import { area, curveLinear, curveStepAfter, line } from "d3-shape";
import { type Html, html } from "../html.ts";
import { labelBaseline } from "../labelPlace.ts";
import { seriesColors } from "../palette.ts";
import { type PlacedAxis, placeAxis } from "./axis.ts";
import type { ChartKind } from "./chartKind.ts";
import { round } from "./drawing.ts";
import { legend } from "./legend.ts";
import type { ChartPoint, Mark, Plot, Series } from "./plot.ts";
import { plotShape } from "./plotShape.ts";
import { plotTable } from "./plotTable.ts";

const sizes = {
  small: { width: 440, height: 260 },
  large: { width: 720, height: 380 },
  square: { width: 440, height: 400 },
} as const;

const margin = { left: 54, right: 16, top: 26, bottom: 44 };

/** Where a chart's parts are, in pixels. */
interface Frame {
  readonly width: number;
  readonly height: number;
  readonly x: PlacedAxis;
  readonly y: PlacedAxis;
}

export const plotKind: ChartKind<Plot> = {
  shape: plotShape,
  look: ({ size = "small" }) => size,
  legend: ({ series }) =>
    series.length < 2
      ? undefined
      : legend(series.map((each, place) => ({ text: each.name, as: each.as, color: colorOf(each, place) }))),
  draw,
  table: plotTable,
};

function draw(plot: Plot): Html {
  const frame = frameOf(plot);
  const { width, height } = frame;
  const crowd = plot.series.reduce((sum, { as, points }) => sum + (as === "points" ? points.length : 0), 0);
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${plot.title}: ${plot.summary}">
${gridOf(frame)}${axisTitles(plot, frame)}
${plot.series.map((series, place) => renderSeries(series, colorOf(series, place), frame, crowd))}
${(plot.marks ?? []).map((mark) => renderMark(mark, plot, frame))}
</svg>`;
}

function frameOf({ x, y, series, size = "small" }: Plot): Frame {
  const { width, height } = sizes[size];
  const points = series.flatMap((each) => each.points);
  const left = y.isBare ? margin.right : margin.left;
  const bottom = height - (x.isBare ? margin.top + 14 : margin.bottom);
  const inset = series.some((each) => each.as === "bars") ? (width - left) / 40 : 0;
  return {
    width,
    height,
    x: placeAxis(
      x,
      points.map(([at]) => at),
      [left + inset, width - margin.right - inset],
      width / 75,
    ),
    y: placeAxis(y, [...points.flatMap(heights), ...floorOf(series)], [bottom, margin.top], 5),
  };
}

/** Bars stand on 0. */
function floorOf(series: readonly Series[]): number[] {
  return series.some((each) => each.as === "bars") ? [0] : [];
}

function heights([, y, low, high]: ChartPoint): number[] {
  return [y, low, high].filter((value): value is number => value !== null && value !== undefined);
}

function gridOf({ x, y, width, height }: Frame): Html {
  const [left, right] = [margin.left, width - margin.right];
  return html`${y.ticks.map(
    ({ at, text }) => html`<line class="grid" x1="${left}" x2="${right}" y1="${round(at)}" y2="${round(at)}"/>
<text x="${left - 8}" y="${round(at + 4)}" text-anchor="end">${text}</text>`,
  )}
${x.ticks.map(({ at, text }) => html`<text x="${round(at)}" y="${height - margin.bottom + 18}" text-anchor="middle">${text}</text>`)}`;
}

function axisTitles({ x, y }: Plot, { width, height }: Frame): Html {
  return html`<text class="axis" x="${width - margin.right}" y="${height - 6}" text-anchor="end">${x.title}</text>
${y.title === "" ? undefined : html`<text class="axis" x="0" y="11">${y.title}</text>`}`;
}

function renderSeries(series: Series, color: string, { x, y }: Frame, crowd: number): Html {
  const points = series.points.map(([px, py, low, high]) => ({
    x: x.at(px),
    y: py === null || !Number.isFinite(py) ? undefined : y.at(py),
    low: low === undefined ? undefined : y.at(low),
    high: high === undefined ? undefined : y.at(high),
  }));
  if (series.as === "bars") return bars(points, color, y.at(0));
  if (series.as === "points") return dots(points, color, series, crowd);
  return html`${band(points, color)}<path class="${series.as} ${color}" d="${lineThrough(points, series.as === "steps")}"/>`;
}

interface Place {
  readonly x: number;
  readonly y: number | undefined;
  readonly low: number | undefined;
  readonly high: number | undefined;
}

function lineThrough(points: readonly Place[], isStepped: boolean): string {
  const path = line<Place>()
    .curve(isStepped ? curveStepAfter : curveLinear)
    .defined((point) => point.y !== undefined)
    .x((point) => round(point.x))
    .y((point) => round(point.y!));
  return path([...points]) ?? "";
}

function band(points: readonly Place[], color: string): Html | undefined {
  if (points.every(({ low }) => low === undefined)) return undefined;
  const path = area<Place>()
    .defined(({ low, high }) => low !== undefined && high !== undefined)
    .x((point) => round(point.x))
    .y0((point) => round(point.low!))
    .y1((point) => round(point.high!));
  return html`<path class="band ${color}" d="${path([...points]) ?? ""}"/>`;
}

/** More points than this in a chart are dots, without a word for each. */
const mostCircles = 400;
/** From here on points lie on each other. */
const manyCircles = 80;

/** Few points are circles, with their intervals as lines; thousands are one path of round dots. */
function dots(
  points: readonly Place[],
  color: string,
  { names, isStrong = false }: Series,
  crowd: number,
): Html {
  const shown = points.flatMap((point, index) => (point.y === undefined ? [] : [{ ...point, index }]));
  if (crowd > mostCircles) {
    const path = shown.map((point) => `M${round(point.x)} ${round(point.y!)}h0`).join("");
    return html`<path class="${isStrong ? "dots strong" : "dots"} ${color}" d="${path}"/>`;
  }
  const look = crowd > manyCircles ? `dot many ${color}` : `dot ${color}`;
  return html`${shown.map(
    ({ x, y, low, high, index }) =>
      html`${
        low === undefined || high === undefined
          ? undefined
          : html`<line class="range ${color}" x1="${round(x)}" x2="${round(x)}" y1="${round(low)}" y2="${round(high)}"/>`
      }<circle class="${look}" cx="${round(x)}" cy="${round(y!)}" r="${names === undefined ? 4 : 3}">${
        names === undefined ? undefined : html`<title>${names[index]}</title>`
      }</circle>`,
  )}`;
}

function bars(points: readonly Place[], color: string, floor: number): Html {
  const [first, second] = points;
  const wide = second === undefined ? 24 : Math.max(2, Math.abs(second.x - first!.x) * 0.8);
  return html`${points.map(({ x, y = floor }) => html`<rect class="bar ${color}" x="${round(x - wide / 2)}" y="${round(Math.min(y, floor))}" width="${round(wide)}" height="${round(Math.abs(floor - y))}"/>`)}`;
}

function renderMark({ x, y, text, series }: Mark, chart: Plot, frame: Frame): Html {
  const [cx, cy] = [round(frame.x.at(x)), round(frame.y.at(y))];
  const anchor = cx > frame.width * 0.72 ? "end" : cx < frame.width * 0.3 ? "start" : "middle";
  const lines = chart.series.map(({ points }) =>
    points.flatMap(([px, py]) =>
      py === null || !Number.isFinite(py) ? [] : [[frame.x.at(px), frame.y.at(py)] as const],
    ),
  );
  const label = { x: cx, y: cy, anchor, characters: text.length } as const;
  const baseline = labelBaseline(label, lines, { top: 0, bottom: frame.height - margin.bottom });
  return html`<circle class="best ${colorOf(chart.series[series]!, series)}" cx="${cx}" cy="${cy}" r="4"/>
<text class="best" x="${cx}" y="${round(baseline)}" text-anchor="${anchor}">${text}</text>`;
}

function colorOf({ color, as }: Series, place: number): string {
  if (color === "quiet" || as === "guide") return "quiet";
  return `c${((color ?? place) % seriesColors) + 1}`;
}

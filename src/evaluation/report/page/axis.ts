import { type ScaleContinuousNumeric, scaleLinear, scaleLog, scalePoint } from "d3-scale";
import { count, decimal, percent, points, withMinus } from "../format.ts";
import { exactly, flag, list, number, record, text } from "./shape.ts";
import type { NumberCell } from "./table.ts";

export interface Axis {
  readonly title: string;
  /** Default "linear". Of "category", x counts the names from 0. */
  readonly scale?: "linear" | "log" | "category";
  /** How values are written. "points" are differences of shares, in hundredths. Default "number". */
  readonly unit?: "number" | "percent" | "points" | "count";
  /** Default: what encloses all values, in round numbers. */
  readonly domain?: readonly [low: number, high: number];
  /** Of a category axis. */
  readonly names?: readonly string[];
  /** Without ticks and numbers, where they mean nothing. */
  readonly isBare?: boolean;
}

/** An axis that comes from a file. */
export const axisShape = record(
  { title: text },
  {
    scale: exactly("linear", "log", "category"),
    unit: exactly("number", "percent", "points", "count"),
    domain: list(number, 2, 2),
    names: list(text),
    isBare: flag,
  },
);

/** The name of a place on a category axis; undefined on others. */
export function axisText(at: number, { scale, names }: Axis): string | undefined {
  return scale === "category" ? (names?.[at] ?? "") : undefined;
}

/** A value as a table shows it. */
export function valueCell(value: number | null | undefined, { unit }: Axis): NumberCell {
  if (value === null || value === undefined || !Number.isFinite(value)) return { text: "", value: null };
  const shown = { number: decimal, percent, points: (share: number) => withMinus(points(share)), count };
  return { text: shown[unit ?? "number"](value), value };
}

/** An axis laid out over pixels. */
export interface PlacedAxis {
  at(value: number): number;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

/**
 * Round numbers that enclose the values, at even steps (of powers of ten on a log axis), and where they are.
 *
 * @param range - Pixels of the least and of the largest value.
 * @param most - About how many ticks there is room for.
 */
export function placeAxis(
  axis: Axis,
  values: readonly number[],
  range: readonly [number, number],
  most: number,
): PlacedAxis {
  if (axis.scale === "category") return placeNames(axis.names ?? [], range);
  const scale = continuous(axis, values).range(range);
  if (axis.isBare) return { at: (value) => scale(value), ticks: [] };
  // There is no half an epoch.
  const all = scale.ticks(most).filter((tick) => axis.unit !== "count" || Number.isInteger(tick));
  // A log axis over many decades offers every multiple: powers of ten are enough there.
  const powers = all.filter((tick) => Number.isInteger(Number(Math.log10(tick).toFixed(9))));
  const ticks = axis.scale === "log" && all.length > most && powers.length > 1 ? powers : all;
  return {
    at: (value) => scale(value),
    ticks: ticks.map((tick) => ({ at: scale(tick), text: tickText(tick, ticks, axis) })),
  };
}

function continuous(axis: Axis, values: readonly number[]): ScaleContinuousNumeric<number, number> {
  if (axis.domain !== undefined) {
    const scale = axis.scale === "log" ? scaleLog() : scaleLinear();
    return scale.domain(axis.domain);
  }
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return scaleLinear().domain([0, 1]);
  const [low, high] = [least(finite), -least(finite.map((value) => -value))];
  if (axis.scale === "log" && low > 0)
    return scaleLog().domain(low === high ? [low / 2, low * 2] : [low, high]);
  const scale = scaleLinear()
    .domain(spread(low, high, axis))
    .nice(5);
  const [first, last] = scale.domain() as [number, number];
  return axis.unit === "percent" ? scale.domain([Math.max(0, first), Math.min(1, last)]) : scale;
}

/** Equal values still have an axis around them. */
function spread(low: number, high: number, { unit }: Axis): [number, number] {
  if (high - low > 1e-9 * Math.max(1, Math.abs(high))) return [low, high];
  if (unit === "percent") return [Math.max(0, low - 0.05), Math.min(1, high + 0.05)];
  const room = Math.abs(high) > 1e-9 ? Math.abs(high) * 0.05 : 0.5;
  return [low - room, high + room];
}

function placeNames(names: readonly string[], range: readonly [number, number]): PlacedAxis {
  const scale = scalePoint<number>()
    .domain(names.map((_, index) => index))
    .range(range)
    .padding(0.5);
  const at = (value: number) => scale(value) ?? range[0];
  return { at, ticks: names.map((text, index) => ({ at: at(index), text })) };
}

/** Only the decimals that tell the ticks apart. */
function tickText(tick: number, ticks: readonly number[], { unit, scale }: Axis): string {
  if (scale === "log") return unit === "percent" ? `${decimal(tick * 100)}\u202f%` : short(tick);
  const factor = unit === "percent" || unit === "points" ? 100 : 1;
  if (unit === "count" || ticks.length < 2) return short(tick * factor);
  const step = Math.abs((ticks[1]! - ticks[0]!) * factor);
  const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(step) - 1e-9)));
  return `${withMinus((tick * factor).toFixed(decimals))}${unit === "percent" ? "\u202f%" : ""}`;
}

/** `1,200`, `0.003`, `2e-5`. */
function short(value: number): string {
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-3 || size >= 1e6)) {
    return Number(value.toPrecision(3)).toExponential().replace("e+", "e");
  }
  return Number(value.toPrecision(6)).toLocaleString("en-US", { maximumFractionDigits: 4 });
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
}

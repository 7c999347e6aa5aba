import type { Interval } from "../interval.ts";
import type { Estimate } from "../statistics/pairedEffect.ts";
import { count, percent } from "./format.ts";
import type { Cell } from "./page/table.ts";

/** A share as a cell. */
export function share(value: number): Cell {
  return { text: percent(value), value };
}

/** A number of things as a cell. */
export function counted(value: number): Cell {
  return { text: count(value), value };
}

/** A number with its interval, each shown its own way. */
export function ranged(
  text: string,
  value: number | null,
  interval: Interval | null,
  show: (interval: Interval) => string,
): Cell {
  return interval === null ? { text, value } : { text, value, interval: show(interval) };
}

/** A number with its interval, all shown the same way. */
export function estimated({ value, interval }: Estimate, show: (value: number) => string): Cell {
  return ranged(show(value), value, interval, ([low, high]) => `${show(low)} to ${show(high)}`);
}

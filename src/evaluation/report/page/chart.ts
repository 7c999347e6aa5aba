import type { Coordinates } from "./coordinates.ts";
import type { Intervals } from "./intervals.ts";
import type { Plot } from "./plot.ts";

/** A chart as plain data. Its numbers are always also shown as a table. */
export type Chart = Plot | Intervals | Coordinates;

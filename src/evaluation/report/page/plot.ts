import type { Axis } from "./axis.ts";

/** Lines, points or bars over two axes, as plain data. */
export interface Plot {
  /** A chart that does not say its kind is a plot. */
  readonly kind?: "plot";
  readonly title: string;
  /** What one sees, in a sentence, for those who do not see it. */
  readonly summary: string;
  readonly x: Axis;
  readonly y: Axis;
  /** At most eight have colours of their own. */
  readonly series: readonly Series[];
  /** Points worth a word. */
  readonly marks?: readonly Mark[];
  /** Default "small": two beside each other on a wide screen. */
  readonly size?: "small" | "large" | "square";
}

export interface Series {
  readonly name: string;
  /** "steps" keep the value of a point up to the next one. "guide" is a thin line to compare with, such as chance. */
  readonly as: "line" | "steps" | "dashed" | "points" | "bars" | "guide";
  /** Which of the eight colours; default: by its place. "quiet" is grey, for what others are held against. */
  readonly color?: number | "quiet";
  /** [x, y], or with an interval: [x, y, low, high]. Values that are not finite leave a gap (null in JSON). */
  readonly points: readonly ChartPoint[];
  /** Points that are to be seen among all others. */
  readonly isStrong?: boolean;
  /** Of every point, where it is one image, say. */
  readonly names?: readonly string[];
}

export type ChartPoint =
  | readonly [x: number, y: number | null]
  | readonly [x: number, y: number | null, low: number, high: number];

export interface Mark {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Index of its series, whose colour it has. */
  readonly series: number;
}

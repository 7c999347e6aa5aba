/** A chart as plain data. Its numbers are always also shown as a table. */
export interface Chart {
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

export interface Axis {
  readonly title: string;
  /** Default "linear". Of "category", x counts the names from 0. */
  readonly scale?: "linear" | "log" | "category";
  /** How values are written. Default "number". */
  readonly unit?: "number" | "percent" | "count";
  /** Default: what encloses all values, in round numbers. */
  readonly domain?: readonly [low: number, high: number];
  /** Of a category axis. */
  readonly names?: readonly string[];
  /** Without ticks and numbers, where they mean nothing. */
  readonly isBare?: boolean;
}

export interface Series {
  readonly name: string;
  /** "guide" is a thin line to compare with, such as chance. */
  readonly as: "line" | "dashed" | "points" | "bars" | "guide";
  /** Which of the eight colours; default: by its place. "quiet" is grey, for what others are held against. */
  readonly color?: number | "quiet";
  /** [x, y], or with an interval: [x, y, low, high]. Values that are not finite leave a gap (null in JSON). */
  readonly points: readonly ChartPoint[];
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

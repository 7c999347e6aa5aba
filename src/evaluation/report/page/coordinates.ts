import type { Axis } from "./axis.ts";
import type { Emphasis } from "./legend.ts";

/** Parallel coordinates as plain data: each line goes from axis to axis (Inselberg 1985). */
export interface Coordinates {
  readonly kind: "coordinates";
  readonly title: string;
  /** What one sees, in a sentence, for those who do not see it. */
  readonly summary: string;
  /** Two at least, from left to right; all upright. The last one is what narrow screens hold the others against. */
  readonly axes: readonly Axis[];
  /** The first ones are drawn last, strong ones over all others. */
  readonly lines: readonly CoordinatesLine[];
  readonly emphasis?: Emphasis;
}

export interface CoordinatesLine {
  /** One of each axis. */
  readonly values: readonly number[];
  readonly isStrong?: boolean;
}

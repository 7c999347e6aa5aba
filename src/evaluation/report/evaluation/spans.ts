import { hundredths } from "../../../base/hundredths.ts";
import type { Interval } from "../../interval.ts";
import { withMinus } from "../format.ts";

/** `94.1 to 97.2 %`. */
export function percentSpan(interval: Interval | null): string {
  return interval === null ? "none" : `${hundredths(interval[0])} to ${hundredths(interval[1])}\u202f%`;
}

/** `0.941 to 0.972`. */
export function spanText(interval: Interval | null, digits = 3): string {
  return interval === null ? "none" : interval.map((end) => withMinus(end.toFixed(digits))).join(" to ");
}

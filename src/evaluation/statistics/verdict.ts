import type { Interval } from "../interval.ts";
import { points } from "../report/format.ts";

/** What is known of the difference between two methods. */
export interface ComparedPair {
  readonly first: string;
  readonly second: string;
  readonly images: number;
  /** Accuracy of the first minus that of the second, with its 95 % interval. */
  readonly difference: number;
  readonly interval: Interval;
  /** Corrected for the number of comparisons. */
  readonly p: number;
  /** The smallest difference that these images would show. */
  readonly detectable: number;
}

/** "better": the first is; "worse": the second is; "unclear": the images cannot tell; "same": the same answer on every image. */
export type Verdict = "better" | "worse" | "unclear" | "same";

/** Test and interval must agree before anything is claimed. */
export function verdictOf({ difference, interval: [low, high], p }: ComparedPair): Verdict {
  if (low === 0 && high === 0 && p === 1) return "same";
  if (p >= 0.05 || (low <= 0 && high >= 0)) return "unclear";
  return difference > 0 ? "better" : "worse";
}

/** The verdict as a sentence that claims no more than the images show. */
export function verdictSentence(pair: ComparedPair): string {
  const { first, second, images, difference, interval, p, detectable } = pair;
  const verdict = verdictOf(pair);
  const shown = `on ${images.toLocaleString("en-US")} images`;
  if (verdict === "same") return `${first} and ${second} are right on the same images, ${shown}.`;
  if (verdict === "unclear") {
    return (
      `${first} and ${second} are not distinguishable ${shown} (difference ${points(difference)} points, 95 % interval ${range(interval)}; p ${p < 0.001 ? "" : "= "}${pText(p)}, corrected): ` +
      `a difference under ${points(detectable)} points would not show.`
    );
  }
  const [better, worse, gain, ends]: [string, string, number, Interval] =
    verdict === "better"
      ? [first, second, difference, interval]
      : [second, first, -difference, [-interval[1], -interval[0]]];
  return `${better} is better than ${worse} by ${points(gain)} points ${shown} (95 % interval ${range(ends)}; p ${p < 0.001 ? "" : "= "}${pText(p)}, corrected).`;
}

function range([low, high]: Interval): string {
  return `${points(low)} to ${points(high)}`;
}

/** `0.034`, or `< 0.001`. */
export function pText(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

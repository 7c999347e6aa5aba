import { areaInterval } from "./areaInterval.ts";
import { type PrecisionRecallCurve, precisionRecallCurve, type RocCurve, rocCurve } from "./curves.ts";
import { type Interval, wilsonInterval } from "./interval.ts";
import { areaUnderRoc, averagePrecision, decisionsOf, type Ranking } from "./ranking.ts";

/** One class against all others, or one label. Intervals are of 95 %; null where there is too little to tell. */
export interface ClassDetails {
  readonly className: string;
  readonly support: number;
  readonly precisionInterval: Interval | null;
  readonly recallInterval: Interval | null;
  readonly f1Interval: Interval | null;
  readonly auc: number | null;
  readonly aucInterval: Interval | null;
  readonly averagePrecision: number | null;
  readonly averagePrecisionInterval: Interval | null;
  readonly roc: RocCurve | null;
  readonly precisionRecall: PrecisionRecallCurve | null;
}

/** What is said of images, and how often it is right. */
export interface Called {
  /** Images that are called the class, and those of them that are of it. */
  readonly called: number;
  readonly hits: number;
}

/** How sure it is how well a class or label is found. */
export type FoundIntervals = Pick<ClassDetails, "precisionInterval" | "recallInterval" | "f1Interval">;

/** @param support - Images that are of the class. */
export function foundIntervals(
  { called, hits }: Called,
  support: number,
  f1Interval: Interval | null,
): FoundIntervals {
  return {
    precisionInterval: called === 0 ? null : wilsonInterval(hits, called),
    recallInterval: support === 0 ? null : wilsonInterval(hits, support),
    f1Interval,
  };
}

/** Intervals that need images drawn again. */
export type ResampledIntervals = Pick<ClassDetails, "f1Interval" | "averagePrecisionInterval">;

export function columnDetails(
  className: string,
  ranking: Ranking,
  called: Called,
  { f1Interval, averagePrecisionInterval }: ResampledIntervals,
): ClassDetails {
  const decisions = decisionsOf(ranking);
  const support = decisions.positives;
  return {
    className,
    support,
    ...foundIntervals(called, support, f1Interval),
    auc: areaUnderRoc(decisions),
    aucInterval: areaInterval(decisions) ?? null,
    averagePrecision: averagePrecision(decisions),
    roc: rocCurve(decisions) ?? null,
    precisionRecall: precisionRecallCurve(decisions) ?? null,
    averagePrecisionInterval,
  };
}

/** The mean of the numbers that are there. */
export function meanOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

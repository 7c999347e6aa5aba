import { PermafrostError } from "../base/errors.ts";
import { type Decisions, decisionsByThreshold } from "./curves.ts";
import { type Interval, wilsonInterval } from "./interval.ts";

/** By what a threshold is chosen: the costs of the two mistakes, or a precision to reach. */
export type ThresholdAim =
  | { readonly by: "cost"; readonly missed: number; readonly falseAlarm: number }
  | { readonly by: "precision"; readonly precision: number };

/** A threshold, and what it gives on the samples it was chosen on: new ones will do a little worse. */
export interface ChosenThreshold {
  readonly className: string;
  readonly aim: ThresholdAim;
  /** A probability at or above it is called the class; null: no threshold reaches the aim, or calling nothing costs least. */
  readonly threshold: number | null;
  readonly precision: number | null;
  readonly precisionInterval: Interval | null;
  readonly recall: number;
  readonly recallInterval: Interval;
  /** Mean cost of a sample; of a chosen cost only. */
  readonly cost: number | null;
  /** The same at a threshold of 0.5. */
  readonly costAtHalf: number | null;
}

/**
 * The threshold that an aim asks for: with costs the one that costs least, with a precision the lowest that reaches it, which finds
 * most.
 *
 * @param scores - Probability of the class.
 * @param targets - 1 for samples of the class, else 0.
 * @throws PermafrostError DATA_INVALID where no sample, or every sample, is of the class; INVALID_ARGUMENT for an aim out of range.
 */
export function chooseThreshold(
  scores: ArrayLike<number>,
  targets: ArrayLike<number>,
  className: string,
  aim: ThresholdAim,
): ChosenThreshold {
  checkAim(aim);
  const decisions = decisionsByThreshold(scores, targets);
  const { hits: positives = 0, falseAlarms: negatives = 0 } = decisions.at(-1) ?? {};
  if (positives === 0 || negatives === 0) {
    throw new PermafrostError(
      "DATA_INVALID",
      `threshold: expected samples with and without ${JSON.stringify(className)}, got ${positives} with and ${negatives} without. Choose it on other images.`,
    );
  }
  const nothing = { threshold: Number.POSITIVE_INFINITY, hits: 0, falseAlarms: 0 };
  const costOf = ({ hits, falseAlarms }: Decisions) =>
    aim.by === "cost"
      ? ((positives - hits) * aim.missed + falseAlarms * aim.falseAlarm) / (positives + negatives)
      : null;
  const chosen =
    aim.by === "cost"
      ? [nothing, ...decisions].reduce((a, b) => (costOf(b)! < costOf(a)! ? b : a))
      : (decisions.findLast(({ hits, falseAlarms }) => hits / (hits + falseAlarms) >= aim.precision) ??
        nothing);
  const called = chosen.hits + chosen.falseAlarms;
  const half = decisions.findLast(({ threshold }) => threshold >= 0.5) ?? nothing;
  return {
    className,
    aim,
    threshold: Number.isFinite(chosen.threshold) ? chosen.threshold : null,
    precision: called === 0 ? null : chosen.hits / called,
    precisionInterval: called === 0 ? null : wilsonInterval(chosen.hits, called),
    recall: chosen.hits / positives,
    recallInterval: wilsonInterval(chosen.hits, positives),
    cost: costOf(chosen),
    costAtHalf: costOf(half),
  };
}

function checkAim(aim: ThresholdAim): void {
  const isRight =
    aim.by === "precision"
      ? aim.precision > 0 && aim.precision <= 1
      : aim.missed >= 0 && aim.falseAlarm >= 0 && aim.missed + aim.falseAlarm > 0;
  if (isRight) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    aim.by === "precision"
      ? `threshold: expected a precision above 0 and up to 1, got ${aim.precision}.`
      : `threshold: expected costs of at least 0, one of them above, got ${aim.missed} and ${aim.falseAlarm}.`,
  );
}

import { PermafrostError } from "../base/errors.ts";
import { type Interval, wilsonInterval, z95 } from "./interval.ts";
import { type Decisions, decisionsOf, type Ranking, rankScores } from "./ranking.ts";
import { resampledIntervals } from "./resampling.ts";

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
  /** Which thresholds would have been chosen on other such images (drawn again); null where most sets of them have none. */
  readonly thresholdInterval: Interval | null;
  readonly precision: number | null;
  readonly precisionInterval: Interval | null;
  readonly recall: number;
  readonly recallInterval: Interval;
  /** Mean cost of a sample; of a chosen cost only. */
  readonly cost: number | null;
  readonly costInterval: Interval | null;
  /** The same at a threshold of 0.5. */
  readonly costAtHalf: number | null;
}

/** What calling everything from some score on gives. */
interface Decision {
  readonly hits: number;
  readonly falseAlarms: number;
}

type Kinds = Pick<Decisions, "positives" | "negatives">;

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
  const ranking = rankScores(scores, targets);
  const all = decisionsOf(ranking);
  const { positives, negatives } = all;
  if (positives === 0 || negatives === 0) {
    throw new PermafrostError(
      "DATA_INVALID",
      `threshold: expected samples with and without ${JSON.stringify(className)}, got ${positives} with and ${negatives} without. Choose it on other images.`,
    );
  }
  const at = (place: number): Decision =>
    place < 0
      ? { hits: 0, falseAlarms: 0 }
      : { hits: all.hits[place]!, falseAlarms: all.falseAlarms[place]! };
  const place = bestPlace(all, aim);
  const [chosen, half] = [at(place), at(all.thresholds.findLastIndex((score) => score >= 0.5))];
  const called = chosen.hits + chosen.falseAlarms;
  return {
    className,
    aim,
    threshold: all.thresholds[place] ?? null,
    thresholdInterval: thresholdInterval(ranking, aim),
    precision: called === 0 ? null : chosen.hits / called,
    precisionInterval: called === 0 ? null : wilsonInterval(chosen.hits, called),
    recall: chosen.hits / positives,
    recallInterval: wilsonInterval(chosen.hits, positives),
    cost: costOf(aim, chosen, all),
    costInterval: costInterval(aim, chosen, all),
    costAtHalf: costOf(aim, half, all),
  };
}

/**
 * What a decision gains against calling nothing: the costs it saves; or all that it calls, where the precision is reached. The best has the
 * highest gain above 0, the highest threshold of equal ones.
 */
function gainOf(aim: ThresholdAim, hits: number, falseAlarms: number): number {
  if (aim.by === "cost") return hits * aim.missed - falseAlarms * aim.falseAlarm;
  return hits / (hits + falseAlarms) >= aim.precision ? hits + falseAlarms : 0;
}

/** -1 where nothing gains. */
function bestPlace({ hits, falseAlarms }: Decisions, aim: ThresholdAim): number {
  let [best, most] = [-1, 0];
  for (const [place, found] of hits.entries()) {
    const gain = gainOf(aim, found, falseAlarms[place]!);
    if (gain > most) [best, most] = [place, gain];
  }
  return best;
}

function costOf(aim: ThresholdAim, { hits, falseAlarms }: Decision, kinds: Kinds): number | null {
  if (aim.by === "precision") return null;
  const { positives, negatives } = kinds;
  return ((positives - hits) * aim.missed + falseAlarms * aim.falseAlarm) / (positives + negatives);
}

/** A sample costs one of three numbers: their mean, and 1.96 of its standard errors to both sides. Costs that are all the same tell nothing. */
function costInterval(aim: ThresholdAim, chosen: Decision, kinds: Kinds): Interval | null {
  const mean = costOf(aim, chosen, kinds);
  if (mean === null || aim.by === "precision") return null;
  const { positives, negatives } = kinds;
  const samples = positives + negatives;
  const squares = (positives - chosen.hits) * aim.missed ** 2 + chosen.falseAlarms * aim.falseAlarm ** 2;
  const variance = Math.max(0, squares - samples * mean ** 2) / Math.max(1, samples - 1);
  if (variance === 0) return null;
  const width = z95 * Math.sqrt(variance / samples);
  return [Math.max(0, mean - width), mean + width];
}

/** The same choice on images drawn again. */
function thresholdInterval({ rows, scores, targets }: Ranking, aim: ThresholdAim): Interval | null {
  const chosenAmong = (counts: Uint16Array): number => {
    let [hits, falseAlarms, calledBefore, threshold, most] = [0, 0, 0, Number.NaN, 0];
    for (let place = 0; place < rows.length; place++) {
      const count = counts[rows[place]!]!;
      if (targets[place] === 1) hits += count;
      else falseAlarms += count;
      if (scores[place + 1] === scores[place] || hits + falseAlarms === calledBefore) continue;
      calledBefore = hits + falseAlarms;
      const gain = gainOf(aim, hits, falseAlarms);
      if (gain > most) [threshold, most] = [scores[place]!, gain];
    }
    return threshold;
  };
  const [[interval] = []] = resampledIntervals(rows.length, [{ of: (counts) => [chosenAmong(counts)] }]);
  return interval ?? null;
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

import { PermafrostError } from "../../base/errors.ts";
import { didYouMean } from "../../base/names.ts";
import { type CosineDecay, cosineDecayRule } from "./cosineDecay.ts";
import { type CosineDecayRestarts, cosineDecayRestartsRule } from "./cosineDecayRestarts.ts";
import { type ExponentialDecay, exponentialDecayRule } from "./exponentialDecay.ts";
import { type InverseTimeDecay, inverseTimeDecayRule } from "./inverseTimeDecay.ts";
import { type OneCycle, oneCycleRule } from "./oneCycle.ts";
import { type PiecewiseConstantDecay, piecewiseConstantDecayRule } from "./piecewiseConstantDecay.ts";
import { type PolynomialDecay, polynomialDecayRule } from "./polynomialDecay.ts";
import { checkSchedule, type ScheduleRule } from "./rule.ts";

/** A learning rate as a function of the number of steps made. Plain JSON. */
type Schedule =
  | CosineDecay
  | CosineDecayRestarts
  | ExponentialDecay
  | InverseTimeDecay
  | OneCycle
  | PiecewiseConstantDecay
  | PolynomialDecay;

/** A learning rate that stays the same, or a schedule. */
export type LearningRate = number | Schedule;

/** Every kind of schedule. A new one is a file and an entry here. */
const rules: { readonly [Kind in Schedule["kind"]]: ScheduleRule<Extract<Schedule, { kind: Kind }>> } = {
  cosineDecay: cosineDecayRule,
  cosineDecayRestarts: cosineDecayRestartsRule,
  exponentialDecay: exponentialDecayRule,
  inverseTimeDecay: inverseTimeDecayRule,
  oneCycle: oneCycleRule,
  piecewiseConstantDecay: piecewiseConstantDecayRule,
  polynomialDecay: polynomialDecayRule,
};

/**
 * The rate of the step after `iteration` steps.
 *
 * @param iteration - Counted from 0.
 */
export function learningRateAt(learningRate: LearningRate, iteration: number): number {
  if (typeof learningRate === "number") return learningRate;
  return ruleOf(learningRate.kind)!.at(learningRate, iteration);
}

/** @throws PermafrostError INVALID_ARGUMENT for a rate that cannot train. */
export function checkLearningRate(what: string, learningRate: LearningRate): void {
  if (typeof learningRate === "number") {
    if (learningRate > 0 && Number.isFinite(learningRate)) return;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${what}: expected a number above 0, got ${learningRate}. 0.001 is a common start.`,
    );
  }
  const rule = ruleOf(learningRate.kind);
  if (rule !== undefined) {
    checkSchedule(what, learningRate, rule);
    return;
  }
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${what}: expected a number or a schedule, got ${JSON.stringify(learningRate)}.${didYouMean(String(learningRate.kind), Object.keys(rules))}`,
  );
}

/** The kind is the schedule's own, so the rule takes it. */
function ruleOf(kind: string): ScheduleRule<Schedule> | undefined {
  const table: Readonly<Record<string, ScheduleRule<never>>> = rules;
  return table[kind] as ScheduleRule<Schedule> | undefined;
}

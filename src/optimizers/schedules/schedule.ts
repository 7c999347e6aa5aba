import { PermafrostError } from "../../base/errors.ts";
import { type CosineDecay, checkCosineDecay, cosineDecayAt } from "./cosineDecay.ts";

/** A learning rate that stays the same. */
interface Constant {
  readonly kind: "constant";
  readonly learningRate: number;
}

/** A learning rate as a function of the number of updates made. Plain JSON. */
type Schedule = Constant | CosineDecay;

/** A number is short for a constant schedule. */
export type LearningRate = number | Schedule;

/**
 * The rate of the step after `iteration` updates.
 *
 * @param iteration - Counted from 0.
 */
export function learningRateAt(learningRate: LearningRate, iteration: number): number {
  if (typeof learningRate === "number") return learningRate;
  switch (learningRate.kind) {
    case "constant":
      return learningRate.learningRate;
    case "cosineDecay":
      return cosineDecayAt(learningRate, iteration);
  }
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
  switch (learningRate.kind) {
    case "constant":
      checkLearningRate(what, learningRate.learningRate);
      return;
    case "cosineDecay":
      checkCosineDecay(what, learningRate);
      return;
    default:
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `${what}: expected a number or a schedule, got ${JSON.stringify(learningRate)}.`,
      );
  }
}

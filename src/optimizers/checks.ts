import { messageOf, PermafrostError } from "../base/errors.ts";
import type { CommonConfig } from "./optimizer.ts";
import { checkLearningRate } from "./schedules/schedule.ts";

/** @throws PermafrostError INVALID_ARGUMENT unless `low <= value < high`. */
export function checkRange(what: string, value: number, low: number, high: number): void {
  if (value >= low && value < high) return;
  const expected =
    high === Number.POSITIVE_INFINITY ? `a number of at least ${low}` : `${low} <= number < ${high}`;
  throw new PermafrostError("INVALID_ARGUMENT", `${what}: expected ${expected}, got ${value}.`);
}

/** The largest value of a range that ends with 1 itself, for `checkRange`. */
export const oneIncluded = 1 + Number.EPSILON;

/** The options that all optimizers share. @throws PermafrostError INVALID_ARGUMENT naming the option. */
export function checkCommon(kind: string, config: CommonConfig): void {
  checkLearningRate(`${kind}: learningRate`, config.learningRate);
  checkRange(`${kind}: weightDecay`, config.weightDecay, 0, Number.POSITIVE_INFINITY);
  checkPatterns(kind, config.excludeFromWeightDecay);
  checkClipping(kind, config);
  checkRange(`${kind}: emaMomentum`, config.emaMomentum, 0, oneIncluded);
  checkCount(`${kind}: emaOverwriteFrequency`, config.emaOverwriteFrequency, 1);
  checkCount(`${kind}: gradientAccumulationSteps`, config.gradientAccumulationSteps, 2);
}

function checkClipping(kind: string, config: CommonConfig): void {
  const limits = (["clipnorm", "clipvalue", "globalClipnorm"] as const).filter(
    (name) => config[name] !== null,
  );
  if (limits.length > 1) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${kind}: expected at most one of clipnorm, clipvalue and globalClipnorm, got ${limits.join(" and ")}.`,
    );
  }
  for (const name of limits) {
    const limit = config[name] ?? 0;
    if (limit > 0 && Number.isFinite(limit)) continue;
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `${kind}: ${name}: expected a number above 0, got ${limit}.`,
    );
  }
}

function checkPatterns(kind: string, patterns: readonly string[]): void {
  for (const pattern of patterns) {
    try {
      new RegExp(pattern);
    } catch (error) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `${kind}: excludeFromWeightDecay: expected regular expressions such as "bias", got ${JSON.stringify(pattern)} (${messageOf(error)}).`,
        { cause: error },
      );
    }
  }
}

function checkCount(what: string, value: number | null, least: number): void {
  if (value === null || (Number.isInteger(value) && value >= least)) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${what}: expected a whole number of at least ${least} or null, got ${value}.`,
  );
}

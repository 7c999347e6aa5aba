import { expect, type ScheduleRule } from "./rule.ts";

/** The rate times `decayRate` every `decaySteps` steps (Keras's ExponentialDecay). */
export interface ExponentialDecay {
  readonly kind: "exponentialDecay";
  /** Rate at step 0. */
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly decayRate: number;
  /** Fall in steps at the end of each `decaySteps`, not all the time. */
  readonly staircase: boolean;
}

/**
 * Keras's ExponentialDecay with its default: no staircase.
 *
 * @example sgd({ learningRate: exponentialDecay({ initialLearningRate: 0.1, decaySteps: 1000, decayRate: 0.9 }) })
 */
export function exponentialDecay(
  options: Omit<ExponentialDecay, "kind" | "staircase"> & Partial<ExponentialDecay>,
): ExponentialDecay {
  return { staircase: false, ...options, kind: "exponentialDecay" };
}

export const exponentialDecayRule: ScheduleRule<ExponentialDecay> = {
  at: (schedule, step) => schedule.initialLearningRate * schedule.decayRate ** periods(schedule, step),
  faults: ({ initialLearningRate, decaySteps, decayRate }) => [
    ...expect.positive("initialLearningRate", initialLearningRate),
    ...expect.steps("decaySteps", decaySteps),
    ...expect.positive("decayRate", decayRate),
  ],
};

/** Lengths of `decaySteps` that have gone by; only whole ones with a staircase. */
export function periods(
  { decaySteps, staircase }: Pick<ExponentialDecay, "decaySteps" | "staircase">,
  step: number,
): number {
  return staircase ? Math.floor(step / decaySteps) : step / decaySteps;
}

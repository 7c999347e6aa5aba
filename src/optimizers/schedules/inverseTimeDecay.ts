import { type ExponentialDecay, periods } from "./exponentialDecay.ts";
import { expect, type ScheduleRule } from "./rule.ts";

/** The rate divided by 1 + decayRate * step / decaySteps (Keras's InverseTimeDecay). */
export interface InverseTimeDecay extends Omit<ExponentialDecay, "kind"> {
  readonly kind: "inverseTimeDecay";
}

/**
 * Keras's InverseTimeDecay with its default: no staircase.
 *
 * @example sgd({ learningRate: inverseTimeDecay({ initialLearningRate: 0.1, decaySteps: 1, decayRate: 0.01 }) })
 */
export function inverseTimeDecay(
  options: Omit<InverseTimeDecay, "kind" | "staircase"> & Partial<InverseTimeDecay>,
): InverseTimeDecay {
  return { staircase: false, ...options, kind: "inverseTimeDecay" };
}

export const inverseTimeDecayRule: ScheduleRule<InverseTimeDecay> = {
  at: (schedule, step) => schedule.initialLearningRate / (1 + schedule.decayRate * periods(schedule, step)),
  faults: ({ initialLearningRate, decaySteps, decayRate }) => [
    ...expect.positive("initialLearningRate", initialLearningRate),
    ...expect.steps("decaySteps", decaySteps),
    ...expect.rate("decayRate", decayRate),
  ],
};

import { expect, type ScheduleRule } from "./rule.ts";

/** From one rate to another along a power of the time that is left (Keras's PolynomialDecay). */
export interface PolynomialDecay {
  readonly kind: "polynomialDecay";
  /** Rate at step 0. */
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  /** Rate after `decaySteps`, and from then on. */
  readonly endLearningRate: number;
  /** 1: a straight line. */
  readonly power: number;
  /** Begin again instead of staying at the end, each time over a stretch as long as all steps so far. */
  readonly cycle: boolean;
}

/**
 * Keras's PolynomialDecay with its defaults: a line to 1e-4, no cycle.
 *
 * @example sgd({ learningRate: polynomialDecay({ initialLearningRate: 0.1, decaySteps: 1000, power: 2 }) })
 */
export function polynomialDecay(
  options: Pick<PolynomialDecay, "initialLearningRate" | "decaySteps"> & Partial<PolynomialDecay>,
): PolynomialDecay {
  return { endLearningRate: 1e-4, power: 1, cycle: false, ...options, kind: "polynomialDecay" };
}

export const polynomialDecayRule: ScheduleRule<PolynomialDecay> = {
  at({ initialLearningRate, decaySteps, endLearningRate, power, cycle }, step) {
    const length = cycle ? decaySteps * Math.max(1, Math.ceil(step / decaySteps)) : decaySteps;
    const left = 1 - Math.min(step, length) / length;
    return (initialLearningRate - endLearningRate) * left ** power + endLearningRate;
  },
  faults: ({ initialLearningRate, decaySteps, endLearningRate, power }) => [
    ...expect.positive("initialLearningRate", initialLearningRate),
    ...expect.steps("decaySteps", decaySteps),
    ...expect.rate("endLearningRate", endLearningRate),
    ...expect.positive("power", power),
  ],
};

import { expect, type ScheduleRule } from "./rule.ts";

/** Half a cosine wave from the initial rate down, perhaps after a linear warm-up (Keras's CosineDecay). */
export interface CosineDecay {
  readonly kind: "cosineDecay";
  /** Rate at step 0. */
  readonly initialLearningRate: number;
  /** Steps from the top of the wave to its end; the rate stays there afterwards. */
  readonly decaySteps: number;
  /** Share of the top rate that is left at the end. */
  readonly alpha: number;
  /** Rate at the end of the warm-up, from which the wave falls; null: no warm-up. */
  readonly warmupTarget: number | null;
  readonly warmupSteps: number;
}

/**
 * Keras's CosineDecay with its defaults: alpha 0, no warm-up.
 *
 * @example adam({ learningRate: cosineDecay({ initialLearningRate: 1e-3, decaySteps: 1000 }) })
 */
export function cosineDecay(
  options: Pick<CosineDecay, "initialLearningRate" | "decaySteps"> & Partial<CosineDecay>,
): CosineDecay {
  return { alpha: 0, warmupTarget: null, warmupSteps: 0, ...options, kind: "cosineDecay" };
}

export const cosineDecayRule: ScheduleRule<CosineDecay> = {
  at({ initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps }, step) {
    if (warmupTarget !== null && step < warmupSteps) {
      return initialLearningRate + (warmupTarget - initialLearningRate) * (step / warmupSteps);
    }
    const top = warmupTarget ?? initialLearningRate;
    const start = warmupTarget === null ? 0 : warmupSteps;
    const done = Math.min(step - start, decaySteps) / decaySteps;
    return top * ((1 - alpha) * cosineWave(done) + alpha);
  },
  faults: ({ initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps }) => [
    ...expect.rate("initialLearningRate", initialLearningRate),
    ...(warmupTarget === null
      ? expect.positive("initialLearningRate", initialLearningRate)
      : expect.positive("warmupTarget", warmupTarget)),
    ...expect.rate("alpha", alpha),
    ...expect.steps("decaySteps", decaySteps),
    ...expect.steps("warmupSteps", warmupSteps, 0),
  ],
};

/** From 1 at 0 down to 0 at 1. */
export function cosineWave(done: number): number {
  return 0.5 * (1 + Math.cos(Math.PI * done));
}

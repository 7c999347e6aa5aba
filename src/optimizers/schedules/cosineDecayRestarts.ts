import { cosineWave } from "./cosineDecay.ts";
import { expect, type ScheduleRule } from "./rule.ts";

/** Half cosine waves one after the other, each longer than the one before (Keras's CosineDecayRestarts). */
export interface CosineDecayRestarts {
  readonly kind: "cosineDecayRestarts";
  /** Rate at step 0. */
  readonly initialLearningRate: number;
  /** Steps of the first wave. */
  readonly firstDecaySteps: number;
  /** How many times as long each wave is as the one before. */
  readonly tMul: number;
  /** How many times as high each wave begins as the one before. */
  readonly mMul: number;
  /** Share of the initial rate that is left at the end of each wave. */
  readonly alpha: number;
}

/**
 * Keras's CosineDecayRestarts (SGDR, Loshchilov and Hutter 2017) with its defaults: tMul 2, mMul 1, alpha 0.
 *
 * @example sgd({ learningRate: cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 500 }) })
 */
export function cosineDecayRestarts(
  options: Pick<CosineDecayRestarts, "initialLearningRate" | "firstDecaySteps"> &
    Partial<CosineDecayRestarts>,
): CosineDecayRestarts {
  return { tMul: 2, mMul: 1, alpha: 0, ...options, kind: "cosineDecayRestarts" };
}

export const cosineDecayRestartsRule: ScheduleRule<CosineDecayRestarts> = {
  at({ initialLearningRate, firstDecaySteps, tMul, mMul, alpha }, step) {
    const { wave, done } = waveAt(step / firstDecaySteps, tMul);
    return initialLearningRate * ((1 - alpha) * mMul ** wave * cosineWave(done) + alpha);
  },
  faults: ({ initialLearningRate, firstDecaySteps, tMul, mMul, alpha }) => [
    ...expect.positive("initialLearningRate", initialLearningRate),
    ...expect.steps("firstDecaySteps", firstDecaySteps),
    ...(tMul >= 1 ? expect.positive("tMul", tMul) : [`tMul: expected at least 1, got ${tMul}`]),
    ...expect.rate("mMul", mMul),
    ...expect.rate("alpha", alpha),
  ],
};

/** Which wave it is, from 0, and how far. @param place - In lengths of the first wave. */
function waveAt(place: number, tMul: number): { readonly wave: number; readonly done: number } {
  if (tMul === 1) return { wave: Math.floor(place), done: place - Math.floor(place) };
  let start = 0;
  let length = 1;
  let wave = 0;
  for (; place >= start + length; wave++) {
    start += length;
    length *= tMul;
  }
  return { wave, done: (place - start) / length };
}

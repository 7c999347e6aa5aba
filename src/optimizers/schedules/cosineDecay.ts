import { PermafrostError } from "../../base/errors.ts";

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

export function cosineDecayAt(schedule: CosineDecay, iteration: number): number {
  const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = schedule;
  if (warmupTarget !== null && iteration < warmupSteps) {
    return initialLearningRate + (warmupTarget - initialLearningRate) * (iteration / warmupSteps);
  }
  const top = warmupTarget ?? initialLearningRate;
  const start = warmupTarget === null ? 0 : warmupSteps;
  const done = Math.min(iteration - start, decaySteps) / decaySteps;
  const wave = 0.5 * (1 + Math.cos(Math.PI * done));
  return top * ((1 - alpha) * wave + alpha);
}

/** @throws PermafrostError INVALID_ARGUMENT */
export function checkCosineDecay(what: string, schedule: CosineDecay): void {
  const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = schedule;
  const rates = [initialLearningRate, warmupTarget ?? 1, alpha];
  const fits =
    rates.every((rate) => rate >= 0 && Number.isFinite(rate)) &&
    Number.isInteger(decaySteps) &&
    decaySteps > 0 &&
    Number.isInteger(warmupSteps) &&
    warmupSteps >= 0 &&
    (warmupTarget ?? initialLearningRate) > 0;
  if (fits) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${what}: cosineDecay expects rates of 0 or more and whole numbers of steps (decaySteps above 0), got ${JSON.stringify(schedule)}.`,
  );
}

import type { TrainingKernels } from "../base/trainingKernels.ts";
import { defineOptimizer } from "./definition.ts";
import { checkMoments, type MomentsConfig, momentOffsets, momentSlots, momentsDefaults } from "./moments.ts";
import type { ParameterSpans, StepInfo } from "./optimizer.ts";
import { slotOffset } from "./slots.ts";

/** `epsilon` is added to the root of the uncorrected mean square ("epsilon hat" of the paper). */
export interface AdamConfig extends MomentsConfig {
  /** Divide by the largest mean square so far (Reddi et al. 2018). Default false. */
  readonly amsgrad: boolean;
}

export const adamDefaults: AdamConfig = { ...momentsDefaults, amsgrad: false };

/**
 * Adam (Kingma and Ba 2014), Keras 3's rule: `m += (g - m)(1 - beta1); v += (g² - v)(1 - beta2);
 * w -= alpha * m / (sqrt(v) + epsilon)` with `alpha = rate * sqrt(1 - beta2^t) / (1 - beta1^t)`. Default rate 0.001.
 *
 * @example adam({ learningRate: 3e-4 })
 */
export const adam = defineOptimizer<AdamConfig>({
  kind: "Adam",
  defaults: adamDefaults,
  check: checkMoments("Adam"),
  slots: adamSlots,
  update: updateAdam,
});

export function adamSlots({ amsgrad }: AdamConfig): Readonly<Record<string, number>> {
  return { ...momentSlots, ...(amsgrad ? { velocityMax: 0 } : {}) };
}

export function updateAdam(
  kernels: TrainingKernels,
  spans: ParameterSpans,
  config: AdamConfig,
  info: StepInfo,
): void {
  kernels.adam(
    ...momentOffsets(spans),
    config.amsgrad ? slotOffset(spans, "velocityMax") : 0,
    spans.weight.length,
    correctedRate(config, info),
    config.beta1,
    config.beta2,
    config.epsilon,
  );
}

/** The rate with both bias corrections folded in, each operation rounded to float32 as Keras computes it. */
function correctedRate({ beta1, beta2 }: AdamConfig, { iteration, learningRate }: StepInfo): number {
  const { fround } = Math;
  const t = iteration + 1;
  const correction1 = fround(1 - fround(fround(beta1) ** t));
  const correction2 = fround(1 - fround(fround(beta2) ** t));
  return fround(fround(fround(learningRate) * fround(Math.sqrt(correction2))) / correction1);
}

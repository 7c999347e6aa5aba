import type { TrainingKernels } from "../base/trainingKernels.ts";
import { checkRange } from "./checks.ts";
import { commonDefaults, defineOptimizer } from "./definition.ts";
import type { CommonConfig, ParameterSpans, StepInfo } from "./optimizer.ts";
import { slotOffset } from "./slots.ts";

export interface AdamConfig extends CommonConfig {
  /** How slowly the mean gradient follows, 0 <= beta1 < 1. Default 0.9. */
  readonly beta1: number;
  /** How slowly the mean square follows, 0 <= beta2 < 1. Default 0.999. */
  readonly beta2: number;
  /** Added to the root of the uncorrected mean square ("epsilon hat" of the paper). Default 1e-7. */
  readonly epsilon: number;
  /** Divide by the largest mean square so far (Reddi et al. 2018). Default false. */
  readonly amsgrad: boolean;
}

export const adamDefaults: AdamConfig = {
  ...commonDefaults,
  learningRate: 0.001,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
  amsgrad: false,
};

/**
 * Adam (Kingma and Ba 2014), Keras 3's rule: `m += (g - m)(1 - beta1); v += (g² - v)(1 - beta2);
 * w -= alpha * m / (sqrt(v) + epsilon)` with `alpha = rate * sqrt(1 - beta2^t) / (1 - beta1^t)`. Default rate 0.001.
 *
 * @example adam({ learningRate: 3e-4 })
 */
export const adam = defineOptimizer<AdamConfig>({
  kind: "Adam",
  defaults: adamDefaults,
  check: checkAdam("Adam"),
  slots: adamSlots,
  update: updateAdam,
});

/** Adam's checks under another optimizer's name. */
export function checkAdam(kind: string): (config: AdamConfig) => void {
  return ({ beta1, beta2, epsilon }) => {
    checkRange(`${kind}: beta1`, beta1, 0, 1);
    checkRange(`${kind}: beta2`, beta2, 0, 1);
    checkRange(`${kind}: epsilon`, epsilon, 0, Number.POSITIVE_INFINITY);
  };
}

export function adamSlots({ amsgrad }: AdamConfig): Readonly<Record<string, number>> {
  return { momentum: 0, velocity: 0, ...(amsgrad ? { velocityMax: 0 } : {}) };
}

export function updateAdam(
  kernels: TrainingKernels,
  spans: ParameterSpans,
  config: AdamConfig,
  info: StepInfo,
): void {
  const { weight, gradient } = spans;
  kernels.adam(
    weight.offset,
    gradient.offset,
    slotOffset(spans, "momentum"),
    slotOffset(spans, "velocity"),
    config.amsgrad ? slotOffset(spans, "velocityMax") : 0,
    weight.length,
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

import { defineOptimizer } from "./definition.ts";
import { checkMoments, type MomentsConfig, momentOffsets, momentSlots, momentsDefaults } from "./moments.ts";
import type { StepInfo } from "./optimizer.ts";

/** `beta1` is reached in the end: the first updates have less. */
export type NadamConfig = MomentsConfig;

/**
 * Nadam (Dozat 2016), Keras 3's rule: Adam that looks one step ahead. With the momentum of update t,
 * `u(t) = beta1 (1 - 0.96^t / 2)`, and `U(t) = u(1) ... u(t)`:
 * `w -= rate * (u(t+1) m / (1 - U(t+1)) + (1 - u(t)) g / (1 - U(t))) / (sqrt(v / (1 - beta2^t)) + epsilon)`.
 * Default rate 0.001.
 *
 * @example nadam({ learningRate: 1e-3 })
 */
export const nadam = defineOptimizer<NadamConfig>({
  kind: "Nadam",
  defaults: momentsDefaults,
  check: checkMoments("Nadam"),
  slots: () => momentSlots,
  update(kernels, spans, config, info) {
    const { meanRate, gradientRate, correction } = factors(config, info);
    kernels.nadam(
      ...momentOffsets(spans),
      spans.weight.length,
      meanRate,
      gradientRate,
      correction,
      config.beta1,
      config.beta2,
      config.epsilon,
    );
  },
});

/** What the rule multiplies the mean, the gradient and the mean square by at an update. */
function factors({ beta1, beta2 }: NadamConfig, { iteration, learningRate }: StepInfo) {
  const { fround } = Math;
  const t = iteration + 1;
  const product = momentumProduct(beta1, t);
  const next = momentumAt(beta1, t + 1);
  return {
    meanRate: (learningRate * next) / (1 - product * next),
    gradientRate: (learningRate * (1 - momentumAt(beta1, t))) / (1 - product),
    // Rounded as Keras rounds it: 1 - 0.999 in float32 is 1.3e-5 (relative) off.
    correction: 1 / fround(1 - fround(fround(beta2) ** t)),
  };
}

function momentumAt(beta1: number, t: number): number {
  return beta1 * (1 - 0.5 * 0.96 ** t);
}

/** 1 - 0.96^t / 2 is 1 in double precision from here on. */
const settled = 900;

/** u(1) ... u(t), without a state to carry from step to step. */
function momentumProduct(beta1: number, t: number): number {
  let product = beta1 ** t;
  for (let i = 1; i <= Math.min(t, settled); i++) product *= 1 - 0.5 * 0.96 ** i;
  return product;
}

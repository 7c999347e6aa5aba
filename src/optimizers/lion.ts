import { PermafrostError } from "../base/errors.ts";
import { checkRange, oneIncluded } from "./checks.ts";
import { commonDefaults, defineOptimizer } from "./definition.ts";
import type { CommonConfig } from "./optimizer.ts";
import { slotOffset } from "./slots.ts";

export interface LionConfig extends CommonConfig {
  /** Share of the mean in the direction of an update, 0 < beta1 <= 1. Default 0.9. */
  readonly beta1: number;
  /** How slowly the mean gradient follows, 0 <= beta2 <= 1. Default 0.99. */
  readonly beta2: number;
}

/**
 * Lion (Chen et al. 2023), Keras 3's rule: `w -= rate * sign(beta1 m + (1 - beta1) g); m = beta2 m + (1 - beta2) g`. Every
 * weight moves by the whole rate: take a third to a tenth of Adam's. Default rate 0.001.
 *
 * @example lion({ learningRate: 1e-4, weightDecay: 0.1 })
 */
export const lion = defineOptimizer<LionConfig>({
  kind: "Lion",
  defaults: { ...commonDefaults, learningRate: 0.001, beta1: 0.9, beta2: 0.99 },
  check({ beta1, beta2 }) {
    if (!(beta1 > 0 && beta1 <= 1)) {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `Lion: beta1: expected 0 < number <= 1, got ${beta1}. Without it Lion would be the sign of the gradient alone.`,
      );
    }
    checkRange("Lion: beta2", beta2, 0, oneIncluded);
  },
  slots: () => ({ momentum: 0 }),
  update(kernels, spans, { beta1, beta2 }, { learningRate }) {
    const { weight, gradient } = spans;
    const mean = slotOffset(spans, "momentum");
    kernels.lion(weight.offset, gradient.offset, mean, weight.length, learningRate, beta1, beta2);
  },
});

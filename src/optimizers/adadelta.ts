import { checkRange } from "./checks.ts";
import { commonDefaults, defineOptimizer } from "./definition.ts";
import type { CommonConfig } from "./optimizer.ts";
import { slotOffset } from "./slots.ts";

export interface AdadeltaConfig extends CommonConfig {
  /** How slowly both mean squares follow, 0 <= rho < 1. Default 0.95. */
  readonly rho: number;
  /** Default 1e-7. */
  readonly epsilon: number;
}

/**
 * Adadelta (Zeiler 2012), Keras 3's rule: `v = rho v + (1 - rho) g²; move = sqrt(d + epsilon) g / sqrt(v + epsilon);
 * d = rho d + (1 - rho) move²; w -= rate * move`. Default rate 0.001; the paper has 1.
 *
 * @example adadelta({ learningRate: 1 })
 */
export const adadelta = defineOptimizer<AdadeltaConfig>({
  kind: "Adadelta",
  defaults: { ...commonDefaults, learningRate: 0.001, rho: 0.95, epsilon: 1e-7 },
  check({ rho, epsilon }) {
    checkRange("Adadelta: rho", rho, 0, 1);
    checkRange("Adadelta: epsilon", epsilon, 0, Number.POSITIVE_INFINITY);
  },
  slots: () => ({ accumulatedGradient: 0, accumulatedMove: 0 }),
  update(kernels, spans, { rho, epsilon }, { learningRate }) {
    const { weight, gradient } = spans;
    kernels.adadelta(
      weight.offset,
      gradient.offset,
      slotOffset(spans, "accumulatedGradient"),
      slotOffset(spans, "accumulatedMove"),
      weight.length,
      learningRate,
      rho,
      epsilon,
    );
  },
});

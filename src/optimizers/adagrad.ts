import { checkRange } from "./checks.ts";
import { commonDefaults, defineOptimizer } from "./definition.ts";
import type { CommonConfig } from "./optimizer.ts";
import { slotOffset } from "./slots.ts";

export interface AdagradConfig extends CommonConfig {
  /** What the sums of squares begin with, at least 0. Default 0.1. */
  readonly initialAccumulatorValue: number;
  /** Default 1e-7. */
  readonly epsilon: number;
}

/**
 * Adagrad (Duchi et al. 2011), Keras 3's rule: `a += g²; w -= rate * g / sqrt(a + epsilon)`: weights that moved much move
 * less. Default rate 0.001.
 *
 * @example adagrad({ learningRate: 0.01 })
 */
export const adagrad = defineOptimizer<AdagradConfig>({
  kind: "Adagrad",
  defaults: { ...commonDefaults, learningRate: 0.001, initialAccumulatorValue: 0.1, epsilon: 1e-7 },
  check({ initialAccumulatorValue, epsilon }) {
    checkRange("Adagrad: initialAccumulatorValue", initialAccumulatorValue, 0, Number.POSITIVE_INFINITY);
    checkRange("Adagrad: epsilon", epsilon, 0, Number.POSITIVE_INFINITY);
  },
  slots: ({ initialAccumulatorValue }) => ({ accumulator: initialAccumulatorValue }),
  update(kernels, spans, { epsilon }, { learningRate }) {
    const { weight, gradient } = spans;
    const sums = slotOffset(spans, "accumulator");
    kernels.adagrad(weight.offset, gradient.offset, sums, weight.length, learningRate, epsilon);
  },
});

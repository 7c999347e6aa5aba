import { checkRange, oneIncluded } from "./checks.ts";
import { commonDefaults, defineOptimizer } from "./definition.ts";
import type { CommonConfig } from "./optimizer.ts";
import { slotOffset } from "./slots.ts";

export interface SgdConfig extends CommonConfig {
  /** Share of the last move that is kept, 0 <= momentum <= 1. Default 0. */
  readonly momentum: number;
  /** Look ahead (Nesterov 1983). Default false; without momentum it changes nothing. */
  readonly nesterov: boolean;
}

/**
 * Stochastic gradient descent, Keras 3's rule: `w -= rate * g`; with momentum `m = momentum * m - rate * g; w += m`;
 * with Nesterov `w += momentum * m - rate * g`. Default rate 0.01.
 *
 * @example sgd({ learningRate: 0.1, momentum: 0.9 })
 */
export const sgd = defineOptimizer<SgdConfig>({
  kind: "SGD",
  defaults: { ...commonDefaults, learningRate: 0.01, momentum: 0, nesterov: false },
  check: ({ momentum }) => checkRange("SGD: momentum", momentum, 0, oneIncluded),
  slots: ({ momentum }) => (momentum === 0 ? {} : { momentum: 0 }),
  update(kernels, spans, { momentum, nesterov }, { learningRate }) {
    const { weight, gradient } = spans;
    if (momentum === 0) {
      kernels.sgd(weight.offset, gradient.offset, weight.length, learningRate);
      return;
    }
    const m = slotOffset(spans, "momentum");
    kernels.sgdMomentum(
      weight.offset,
      gradient.offset,
      m,
      weight.length,
      learningRate,
      momentum,
      Number(nesterov),
    );
  },
});

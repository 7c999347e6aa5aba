import { PermafrostError } from "../base/errors.ts";
import { checkRange, oneIncluded } from "./checks.ts";
import { commonDefaults, defineOptimizer } from "./definition.ts";
import type { CommonConfig } from "./optimizer.ts";
import { slotOffset } from "./slots.ts";

export interface RmspropConfig extends CommonConfig {
  /** How slowly the mean square of the gradient follows, 0 <= rho < 1. Default 0.9. */
  readonly rho: number;
  /** Share of the last move that is kept, 0 <= momentum <= 1. Default 0. */
  readonly momentum: number;
  /** Default 1e-7. */
  readonly epsilon: number;
  /** Divide by the estimated deviation instead of the mean square. Default false. */
  readonly centered: boolean;
  /**
   * "inside" (default): `g / sqrt(v + epsilon)`, Keras since 2.11. "outside": `g / (sqrt(v) + epsilon)`, Keras before
   * and PyTorch. The first edition of the book used "outside" with epsilon 1e-8; at its rate of 2e-5 the first steps
   * differ by a factor of ten.
   */
  readonly epsilonPlacement: "inside" | "outside";
}

/**
 * RMSprop (Hinton 2012), Keras 3's rule: `v = rho v + (1 - rho) g²; w -= rate * g / sqrt(v + epsilon)`. Default rate 0.001.
 *
 * @example rmsprop({ learningRate: 2e-5 })
 */
export const rmsprop = defineOptimizer<RmspropConfig>({
  kind: "RMSprop",
  defaults: {
    ...commonDefaults,
    learningRate: 0.001,
    rho: 0.9,
    momentum: 0,
    epsilon: 1e-7,
    centered: false,
    epsilonPlacement: "inside",
  },
  check({ rho, momentum, epsilon, epsilonPlacement }) {
    checkRange("RMSprop: rho", rho, 0, 1);
    checkRange("RMSprop: momentum", momentum, 0, oneIncluded);
    checkRange("RMSprop: epsilon", epsilon, 0, Number.POSITIVE_INFINITY);
    if (epsilonPlacement !== "inside" && epsilonPlacement !== "outside") {
      throw new PermafrostError(
        "INVALID_ARGUMENT",
        `RMSprop: epsilonPlacement: expected "inside" or "outside", got ${JSON.stringify(epsilonPlacement)}.`,
      );
    }
  },
  slots: ({ momentum, centered }) => ({
    velocity: 0,
    ...(centered ? { averageGradient: 0 } : {}),
    ...(momentum === 0 ? {} : { momentum: 0 }),
  }),
  update(kernels, spans, config, { learningRate }) {
    const { rho, momentum, epsilon, centered, epsilonPlacement } = config;
    const { weight, gradient } = spans;
    kernels.rmsprop(
      weight.offset,
      gradient.offset,
      slotOffset(spans, "velocity"),
      centered ? slotOffset(spans, "averageGradient") : 0,
      momentum === 0 ? 0 : slotOffset(spans, "momentum"),
      weight.length,
      learningRate,
      rho,
      momentum,
      epsilon,
      Number(epsilonPlacement === "outside"),
    );
  },
});

import { checkRange } from "./checks.ts";
import { commonDefaults } from "./definition.ts";
import type { CommonConfig, ParameterSpans } from "./optimizer.ts";
import { slotOffset } from "./slots.ts";

/** What Adam and its kin have in common: running means of the gradient and of its square. */
export interface MomentsConfig extends CommonConfig {
  /** How slowly the mean gradient follows, 0 <= beta1 < 1. Default 0.9. */
  readonly beta1: number;
  /** How slowly the mean square follows, 0 <= beta2 < 1. Default 0.999. */
  readonly beta2: number;
  /** Added to the root of the mean square. Default 1e-7. */
  readonly epsilon: number;
}

export const momentsDefaults: MomentsConfig = {
  ...commonDefaults,
  learningRate: 0.001,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
};

/** @param kind - The optimizer's name, for the error. */
export function checkMoments(kind: string): (config: MomentsConfig) => void {
  return ({ beta1, beta2, epsilon }) => {
    checkRange(`${kind}: beta1`, beta1, 0, 1);
    checkRange(`${kind}: beta2`, beta2, 0, 1);
    checkRange(`${kind}: epsilon`, epsilon, 0, Number.POSITIVE_INFINITY);
  };
}

/** Both means, by Keras's names. */
export const momentSlots = { momentum: 0, velocity: 0 };

/** What the kernels read first: where weight, gradient, mean and mean square lie. */
export function momentOffsets(
  spans: ParameterSpans,
): readonly [weight: number, gradient: number, momentum: number, velocity: number] {
  const { weight, gradient } = spans;
  return [weight.offset, gradient.offset, slotOffset(spans, "momentum"), slotOffset(spans, "velocity")];
}

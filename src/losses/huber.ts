import { PermafrostError } from "../base/errors.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

export interface HuberOptions extends LossOptions {
  /** Errors up to it count squared, larger ones linearly. Default 1. */
  readonly delta?: number;
}

/**
 * The mean over the outputs of e² / 2 where |e| <= delta, else of delta |e| - delta² / 2, with e = p - y (Huber 1964). Targets as
 * for `meanSquaredError`.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a delta that is not above 0.
 */
export function huber(options: HuberOptions = {}): Loss {
  const { delta = 1 } = options;
  if (!(delta > 0 && delta < Number.POSITIVE_INFINITY)) {
    throw new PermafrostError("INVALID_ARGUMENT", `huber: delta: expected a number above 0, got ${delta}.`);
  }
  const config = { delta, reduction: resolveReduction(options) };
  return elementwiseLoss("huber", config, (g, prediction, target) => {
    const number = (value: number, name: string) => g.constant(scalar(value), name);
    const error = g.apply(operators.sub, [prediction, target], {});
    const size = g.apply(operators.abs, [error], {});
    const half = number(0.5, "half");
    const near = g.apply(operators.mul, [g.apply(operators.square, [error], {}), half], {});
    const slope = g.apply(operators.mul, [size, number(delta, "delta")], {});
    const far = g.apply(operators.sub, [slope, number(delta ** 2 / 2, "offset")], {});
    const isFar = g.apply(operators.greater, [size, number(delta, "delta")], {});
    return g.apply(operators.where, [isFar, far, near], {});
  });
}

import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

/**
 * The mean of ln cosh(p - y) over the outputs of a sample: half the square of small errors, large ones nearly
 * linearly. Targets as for `meanSquaredError`.
 */
export function logCosh(options: LossOptions = {}): Loss {
  const config = { reduction: resolveReduction(options) };
  return elementwiseLoss("logCosh", config, (g, prediction, target) => {
    const error = g.apply(operators.sub, [prediction, target], {});
    const folded = g.apply(operators.mul, [error, g.constant(scalar(-2), "minusTwo")], {});
    // ln cosh(x) = x + ln(1 + e^-2x) - ln 2, without overflow
    const sum = g.apply(operators.add, [error, g.apply(operators.softplus, [folded], {})], {});
    return g.apply(operators.sub, [sum, g.constant(scalar(Math.LN2), "log2")], {});
  });
}

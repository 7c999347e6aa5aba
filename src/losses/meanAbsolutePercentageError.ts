import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

/** 100 times the mean of |y - p| / max(|y|, 1e-7) over the outputs of a sample. Targets as for `meanSquaredError`. */
export function meanAbsolutePercentageError(options: LossOptions = {}): Loss {
  const config = { reduction: resolveReduction(options) };
  return elementwiseLoss("meanAbsolutePercentageError", config, (g, prediction, target) => {
    const size = g.apply(operators.clip, [g.apply(operators.abs, [target], {})], { min: Math.fround(1e-7) });
    const difference = g.apply(operators.sub, [target, prediction], {});
    const share = g.apply(operators.abs, [g.apply(operators.div, [difference, size], {})], {});
    return g.apply(operators.mul, [share, g.constant(scalar(100), "percent")], {});
  });
}

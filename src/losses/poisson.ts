import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

/** The mean of p - y ln(p + 1e-7) over the outputs of a sample, for counts. Targets as for `meanSquaredError`. */
export function poisson(options: LossOptions = {}): Loss {
  const config = { reduction: resolveReduction(options) };
  return elementwiseLoss("poisson", config, (g, prediction, target) => {
    const above = g.apply(operators.add, [prediction, g.constant(scalar(1e-7), "epsilon")], {});
    const gain = g.apply(operators.mul, [target, g.apply(operators.log, [above], {})], {});
    return g.apply(operators.sub, [prediction, gain], {});
  });
}

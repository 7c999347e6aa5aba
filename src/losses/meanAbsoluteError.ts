import { operators } from "../ops/index.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

/** The mean of |y - p| over the outputs of a sample; its slope at 0 is 0. Targets as for `meanSquaredError`. */
export function meanAbsoluteError(options: LossOptions = {}): Loss {
  const config = { reduction: resolveReduction(options) };
  return elementwiseLoss("meanAbsoluteError", config, (g, prediction, target) =>
    g.apply(operators.abs, [g.apply(operators.sub, [target, prediction], {})], {}),
  );
}

import { operators } from "../ops/index.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

/** The mean of (y - p)² over the outputs of a sample. Targets [batch, outputs], or [batch] for one output. */
export function meanSquaredError(options: LossOptions = {}): Loss {
  const config = { reduction: resolveReduction(options) };
  return elementwiseLoss("meanSquaredError", config, (g, prediction, target) =>
    g.apply(operators.square, [g.apply(operators.sub, [target, prediction], {})], {}),
  );
}

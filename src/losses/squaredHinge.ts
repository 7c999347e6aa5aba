import { operators } from "../ops/index.ts";
import { margins } from "./hinge.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

/** The mean of max(1 - y p, 0)² over the outputs of a sample. Targets as for `hinge`. */
export function squaredHinge(options: LossOptions = {}): Loss {
  const config = { reduction: resolveReduction(options) };
  return elementwiseLoss("squaredHinge", config, (g, prediction, target) =>
    g.apply(operators.square, [margins(g, prediction, target)], {}),
  );
}

import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { alignRanks, defineLoss, engineAxis, type Loss } from "./loss.ts";
import { complement } from "./probabilities.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

/** max(1 + the largest output of a wrong class - that of the right one, 0). Targets are one-hot, [batch, classes]. */
export function categoricalHinge(options: LossOptions = {}): Loss {
  const config = { reduction: resolveReduction(options) };
  return defineLoss("categoricalHinge", config, "probabilities", (g, prediction, target) => {
    const pair = alignRanks(g, prediction, target);
    const axes = [engineAxis(pair.target.type.shape, -1)];
    const right = g.apply(operators.mul, [pair.target, pair.prediction], {});
    const wrong = g.apply(operators.mul, [complement(g, pair.target), pair.prediction], {});
    const gap = g.apply(
      operators.sub,
      [g.apply(operators.reduceMax, [wrong], { axes }), g.apply(operators.reduceSum, [right], { axes })],
      {},
    );
    return g.apply(operators.relu, [g.apply(operators.add, [gap, g.constant(scalar(1), "one")], {})], {});
  });
}

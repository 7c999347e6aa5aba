import { operators } from "../ops/index.ts";
import { alignRanks, defineLoss, engineAxis, type Loss } from "./loss.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

/**
 * The sum of y ln(y / p) over the outputs of a sample (Kullback and Leibler 1951), both clipped to [1e-7, 1]. Targets and predictions
 * are probabilities, [batch, classes].
 */
export function klDivergence(options: LossOptions = {}): Loss {
  const config = { reduction: resolveReduction(options) };
  return defineLoss("klDivergence", config, "probabilities", (g, prediction, target) => {
    const pair = alignRanks(g, prediction, target);
    const bounds = { min: Math.fround(1e-7), max: 1 };
    const y = g.apply(operators.clip, [pair.target], bounds);
    const p = g.apply(operators.clip, [pair.prediction], bounds);
    const logs = g.apply(operators.log, [g.apply(operators.div, [y, p], {})], {});
    const axes = [engineAxis(y.type.shape, -1)];
    return g.apply(operators.reduceSum, [g.apply(operators.mul, [y, logs], {})], { axes });
  });
}

import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

/**
 * The mean of (ln(1 + y) - ln(1 + p))² over the outputs of a sample; numbers below 1e-7 count as that. Targets as for
 * `meanSquaredError`.
 */
export function meanSquaredLogarithmicError(options: LossOptions = {}): Loss {
  const config = { reduction: resolveReduction(options) };
  return elementwiseLoss("meanSquaredLogarithmicError", config, (g, prediction, target) => {
    const difference = g.apply(operators.sub, [logOfOneAnd(g, prediction), logOfOneAnd(g, target)], {});
    return g.apply(operators.square, [difference], {});
  });
}

function logOfOneAnd(g: GraphBuilder, x: Value): Value {
  const positive = g.apply(operators.clip, [x], { min: Math.fround(1e-7) });
  return g.apply(operators.log, [g.apply(operators.add, [positive, g.constant(scalar(1), "one")], {})], {});
}

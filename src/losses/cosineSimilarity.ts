import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { negativeSum } from "./categoricalCrossentropy.ts";
import { alignRanks, defineLoss, engineAxis, type Loss } from "./loss.ts";
import type { ClassAxisOptions } from "./options.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

/**
 * Minus the cosine of the angle between targets and predictions: -1 where they point the same way, 1 where they are
 * opposed, 0 where one of them is 0. Targets as for `meanSquaredError`.
 */
export function cosineSimilarity(options: LossOptions & ClassAxisOptions = {}): Loss {
  const config = { axis: options.axis ?? -1, reduction: resolveReduction(options) };
  return defineLoss("cosineSimilarity", config, "numbers", (g, prediction, target) => {
    const pair = alignRanks(g, prediction, target);
    const axis = engineAxis(pair.target.type.shape, config.axis);
    return negativeSum(g, unitVectors(g, pair.target, axis), unitVectors(g, pair.prediction, axis), axis);
  });
}

/** Vectors of length 1; a length counts as 1e-7 at least. */
function unitVectors(g: GraphBuilder, x: Value, axis: number): Value {
  const squares = g.apply(operators.square, [x], {});
  const sum = g.apply(operators.reduceSum, [squares], { axes: [axis], keepDims: true });
  const length = g.apply(operators.sqrt, [g.apply(operators.clip, [sum], { min: 1e-14 })], {});
  return g.apply(operators.div, [x, length], {});
}

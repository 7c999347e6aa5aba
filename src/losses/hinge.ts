import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";
import { complement } from "./probabilities.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

/**
 * The mean of max(1 - y p, 0) over the outputs of a sample. Targets are -1 and 1; a batch of only 0 and 1 is read as -1 and
 * 1, as in Keras. Shapes as for `meanSquaredError`.
 */
export function hinge(options: LossOptions = {}): Loss {
  return elementwiseLoss("hinge", { reduction: resolveReduction(options) }, margins);
}

/** max(1 - y p, 0). */
export function margins(g: GraphBuilder, prediction: Value, target: Value): Value {
  const agreement = g.apply(operators.mul, [signs(g, target), prediction], {});
  return g.apply(operators.relu, [complement(g, agreement)], {});
}

/** 2 y - 1 where all targets of the batch are 0 or 1, else the targets as they are. */
function signs(g: GraphBuilder, target: Value): Value {
  const one = g.constant(scalar(1), "one");
  const isZero = g.apply(operators.equal, [target, g.constant(scalar(0), "zero")], {});
  const isBinary = g.apply(operators.maximum, [isZero, g.apply(operators.equal, [target, one], {})], {});
  const anyOther = g.apply(operators.reduceMax, [complement(g, isBinary)], {});
  const doubled = g.apply(operators.mul, [target, g.constant(scalar(2), "two")], {});
  return g.apply(operators.where, [anyOther, target, g.apply(operators.sub, [doubled, one], {})], {});
}

import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { alignRanks, defineLoss, engineAxis, type Loss } from "./loss.ts";
import { type ClassAxisOptions, type CrossentropyOptions, crossentropyConfig } from "./options.ts";
import { clippedShares, logitsBehind, smooth } from "./probabilities.ts";

/**
 * - sum of y ln p over the classes. Targets are rows of probabilities (one-hot), [batch, classes]. Probabilities are
 * divided by their sum and clipped as in Keras; those of a final softmax are not needed: its input is used.
 */
export function categoricalCrossentropy(options: CrossentropyOptions & ClassAxisOptions = {}): Loss {
  const config = { ...crossentropyConfig(options), axis: options.axis ?? -1 };
  return defineLoss("categoricalCrossentropy", config, "probabilities", (g, prediction, target) => {
    const pair = alignRanks(g, prediction, target);
    const axis = engineAxis(pair.target.type.shape, config.axis);
    const y = smooth(g, pair.target, config.labelSmoothing, 1 / Number(pair.target.type.shape[axis]));
    const logits = config.fromLogits ? pair.prediction : logitsBehind(pair.prediction, "softmax", axis);
    const logs =
      logits === undefined
        ? g.apply(operators.log, [clippedShares(g, pair.prediction, axis)], {})
        : g.apply(operators.logSoftmax, [logits], { axis });
    return negativeSum(g, y, logs, axis);
  });
}

/** - sum of weight · log over an axis. */
export function negativeSum(g: GraphBuilder, weights: Value, logs: Value, axis: number): Value {
  const product = g.apply(operators.mul, [weights, logs], {});
  return g.apply(operators.neg, [g.apply(operators.reduceSum, [product], { axes: [axis] })], {});
}

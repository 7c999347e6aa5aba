import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { alignRanks, clipProbabilities, type Loss, logitsBehind, smooth } from "./loss.ts";
import { type CrossentropyOptions, crossentropyConfig } from "./options.ts";

/**
 * - sum of y ln p over the classes. Targets are rows of probabilities (one-hot), [batch, classes]. Probabilities are
 * divided by their sum and clipped as in Keras; those of a final softmax are not needed: its input is used.
 */
export function categoricalCrossentropy(options: CrossentropyOptions = {}): Loss {
  const config = crossentropyConfig(options);
  return {
    name: "categoricalCrossentropy",
    config,
    perSample(g, prediction, target) {
      const logits = config.fromLogits ? prediction : logitsBehind(prediction, "softmax");
      const pair = alignRanks(g, logits ?? prediction, target);
      const classes = Number(pair.target.type.shape.at(-1));
      const y = smooth(g, pair.target, config.labelSmoothing, 1 / classes);
      const logs =
        logits === undefined
          ? logOfShares(g, pair.prediction)
          : g.apply(operators.logSoftmax, [pair.prediction], {});
      return negativeSum(g, y, logs);
    },
  };
}

function logOfShares(g: GraphBuilder, p: Value): Value {
  const sum = g.apply(operators.reduceSum, [p], { axes: [1], keepDims: true });
  return g.apply(operators.log, [clipProbabilities(g, g.apply(operators.div, [p, sum], {}))], {});
}

/** - sum of weight · log over the last axis: [batch]. */
export function negativeSum(g: GraphBuilder, weights: Value, logs: Value): Value {
  const product = g.apply(operators.mul, [weights, logs], {});
  return g.apply(operators.neg, [g.apply(operators.reduceSum, [product], { axes: [1] })], {});
}

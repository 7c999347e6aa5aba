import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { alignRanks, clipProbabilities, type Loss, logitsBehind, meanOfEachSample, smooth } from "./loss.ts";
import { type CrossentropyOptions, crossentropyConfig } from "./options.ts";

/**
 * -(y ln p + (1 - y) ln(1 - p)), the mean over the outputs of a sample. Targets 0 to 1, [batch, outputs], or [batch] for
 * one output. Probabilities are clipped as in Keras; those of a final sigmoid are not needed: its input is used.
 */
export function binaryCrossentropy(options: CrossentropyOptions = {}): Loss {
  const config = crossentropyConfig(options);
  return {
    name: "binaryCrossentropy",
    config,
    perSample(g, prediction, target) {
      const logits = config.fromLogits ? prediction : logitsBehind(prediction, "sigmoid");
      const pair = alignRanks(g, logits ?? prediction, target);
      const y = smooth(g, pair.target, config.labelSmoothing, 0.5);
      const terms =
        logits === undefined
          ? negativeLogs(g, clipProbabilities(g, pair.prediction))
          : softpluses(g, pair.prediction);
      return meanOfEachSample(g, mix(g, y, terms));
    },
  };
}

/** The loss where the target is 1, and where it is 0. */
interface Terms {
  readonly one: Value;
  readonly zero: Value;
}

/** -ln p and -ln(1 - p). */
function negativeLogs(g: GraphBuilder, p: Value): Terms {
  const negativeLog = (x: Value) => g.apply(operators.neg, [g.apply(operators.log, [x], {})], {});
  const complement = g.apply(operators.sub, [g.constant(scalar(1), "one"), p], {});
  return { one: negativeLog(p), zero: negativeLog(complement) };
}

/** -ln sigmoid(z) and -ln(1 - sigmoid(z)): softplus(-z) and softplus(z), without loss of digits at either end. */
function softpluses(g: GraphBuilder, z: Value): Terms {
  const softplus = (x: Value) => g.apply(operators.softplus, [x], {});
  return { one: softplus(g.apply(operators.neg, [z], {})), zero: softplus(z) };
}

/** y · one + (1 - y) · zero. */
function mix(g: GraphBuilder, y: Value, { one, zero }: Terms): Value {
  const rest = g.apply(operators.sub, [g.constant(scalar(1), "one"), y], {});
  const positive = g.apply(operators.mul, [y, one], {});
  return g.apply(operators.add, [positive, g.apply(operators.mul, [rest, zero], {})], {});
}

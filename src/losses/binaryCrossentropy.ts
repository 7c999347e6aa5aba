import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { elementwiseLoss, type Loss } from "./loss.ts";
import { type CrossentropyOptions, crossentropyConfig } from "./options.ts";
import { chosenSide, clipProbabilities, complement, logitsBehind, smooth } from "./probabilities.ts";

/**
 * -(y ln p + (1 - y) ln(1 - p)), the mean over the outputs of a sample. Targets 0 to 1, [batch, outputs], or [batch] for
 * one output. Probabilities are clipped as in Keras; those of a final sigmoid are not needed: its input is used.
 */
export function binaryCrossentropy(options: CrossentropyOptions = {}): Loss {
  const config = crossentropyConfig(options);
  return elementwiseLoss(
    "binaryCrossentropy",
    { ...config },
    (g, prediction, target) => {
      const y = smooth(g, target, config.labelSmoothing, 0.5);
      return config.fromLogits ? logitEntropies(g, prediction, y) : binaryEntropies(g, prediction, y);
    },
    "probabilities",
  );
}

/** The cross-entropy of each output, from the logits where a final sigmoid made the probabilities. */
export function binaryEntropies(g: GraphBuilder, probabilities: Value, y: Value): Value {
  const logits = logitsBehind(probabilities, "sigmoid");
  if (logits !== undefined) return logitEntropies(g, logits, y);
  const p = clipProbabilities(g, probabilities);
  const negativeLog = (x: Value) => g.apply(operators.neg, [g.apply(operators.log, [x], {})], {});
  return chosenSide(g, y, negativeLog(p), negativeLog(complement(g, p)));
}

/** -ln sigmoid(z) and -ln(1 - sigmoid(z)) are softplus(-z) and softplus(z), without loss of digits at either end. */
export function logitEntropies(g: GraphBuilder, z: Value, y: Value): Value {
  const softplus = (x: Value) => g.apply(operators.softplus, [x], {});
  return chosenSide(g, y, softplus(g.apply(operators.neg, [z], {})), softplus(z));
}

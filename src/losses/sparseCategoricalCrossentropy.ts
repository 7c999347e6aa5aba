import { PermafrostError } from "../base/errors.ts";
import { operators } from "../ops/index.ts";
import { showType } from "../tensor/shape.ts";
import { negativeSum } from "./categoricalCrossentropy.ts";
import { clipProbabilities, type Loss, logitsBehind } from "./loss.ts";

export interface SparseCrossentropyOptions {
  /** Predictions are logits, not probabilities. Default false. */
  readonly fromLogits?: boolean;
}

/**
 * -ln of the probability of the true class. Targets are class numbers, [batch] or [batch, 1]; predictions [batch, classes].
 * Probabilities are clipped and then divided by their sum, as Keras does here; those of a final softmax are not
 * needed: its input is used.
 */
export function sparseCategoricalCrossentropy(options: SparseCrossentropyOptions = {}): Loss {
  const config = { fromLogits: options.fromLogits ?? false };
  return {
    name: "sparseCategoricalCrossentropy",
    config,
    perSample(g, prediction, target) {
      const { shape } = target.type;
      const classes = prediction.type.shape.at(-1);
      const labels = shape.length === 1 || (shape.length === 2 && shape[1] === 1);
      if (!labels || prediction.type.shape.length !== 2 || typeof classes !== "number") {
        throw new PermafrostError(
          "SHAPE_MISMATCH",
          `sparseCategoricalCrossentropy: expected predictions [batch, classes] and class numbers [batch], got ${showType(prediction.type)} and ${showType(target.type)}. For one-hot targets use categoricalCrossentropy.`,
        );
      }
      const logits = config.fromLogits ? prediction : logitsBehind(prediction, "softmax");
      const scores = logits ?? g.apply(operators.log, [clipProbabilities(g, prediction)], {});
      const logs = g.apply(operators.logSoftmax, [scores], {});
      const flat = g.apply(operators.reshape, [target], { shape: ["batch"] });
      return negativeSum(g, g.apply(operators.oneHot, [flat], { depth: classes }), logs);
    },
  };
}

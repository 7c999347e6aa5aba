import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { sameShape, showType } from "../tensor/shape.ts";
import { negativeSum } from "./categoricalCrossentropy.ts";
import { defineLoss, engineAxis, type Loss } from "./loss.ts";
import type { ClassAxisOptions } from "./options.ts";
import { clipProbabilities, logitsBehind } from "./probabilities.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

export interface SparseCrossentropyOptions extends LossOptions, ClassAxisOptions {
  /** Predictions are logits, not probabilities. Default false. */
  readonly fromLogits?: boolean;
}

/**
 * -ln of the probability of the true class. Targets are class numbers, [batch] or [batch, 1] with predictions
 * [batch, classes], or one a position with predictions of pictures. Probabilities are clipped and then divided by their sum,
 * as Keras does here; those of a final softmax are not needed: its input is used.
 */
export function sparseCategoricalCrossentropy(options: SparseCrossentropyOptions = {}): Loss {
  const config = {
    fromLogits: options.fromLogits ?? false,
    axis: options.axis ?? -1,
    reduction: resolveReduction(options),
  };
  return defineLoss("sparseCategoricalCrossentropy", config, "classNumbers", (g, prediction, target) => {
    const axis = engineAxis(prediction.type.shape, config.axis);
    const logits = config.fromLogits ? prediction : logitsBehind(prediction, "softmax", axis);
    const scores = logits ?? g.apply(operators.log, [clipProbabilities(g, prediction)], {});
    const logs = g.apply(operators.logSoftmax, [scores], { axis });
    return negativeSum(g, oneHotTargets(g, prediction, target, axis), logs, axis);
  });
}

/** Class numbers as rows with one 1, the classes on the same axis as the predictions'. */
function oneHotTargets(g: GraphBuilder, prediction: Value, target: Value, axis: number): Value {
  const { shape } = prediction.type;
  const depth = shape[axis];
  const positions = shape.filter((_, index) => index !== axis);
  const single = shape.map((size, index) => (index === axis ? 1 : size));
  const fits = sameShape(target.type.shape, positions) || sameShape(target.type.shape, single);
  if (!fits || typeof depth !== "number" || shape.length < 2) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `sparseCategoricalCrossentropy: expected predictions [batch, classes] and class numbers [batch], got ${showType(prediction.type)} and ${showType(target.type)}. For one-hot targets use categoricalCrossentropy.`,
    );
  }
  const flat = g.apply(operators.reshape, [target], { shape: positions });
  const rows = g.apply(operators.oneHot, [flat], { depth });
  if (axis === shape.length - 1) return rows;
  const permutation = positions.map((_, index) => index);
  permutation.splice(axis, 0, shape.length - 1);
  return g.apply(operators.transpose, [rows], { permutation });
}

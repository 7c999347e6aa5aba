import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { sameShape, showType } from "../tensor/shape.ts";
import { scalar } from "../tensor/tensor.ts";
import { negativeSum } from "./categoricalCrossentropy.ts";
import { countedPositions } from "./ignoredClass.ts";
import { defineLoss, engineAxis, type Loss } from "./loss.ts";
import type { ClassAxisOptions } from "./options.ts";
import { clipProbabilities, logitsBehind } from "./probabilities.ts";
import { type LossOptions, resolveReduction } from "./reduction.ts";

export interface SparseCrossentropyOptions extends LossOptions, ClassAxisOptions {
  /** Predictions are logits, not probabilities. Default false. */
  readonly fromLogits?: boolean;
  /**
   * Targets of this class are left out, here and in the number that losses are divided by: unlabelled pixels, say. It need
   * not be one of the model's classes: 255 and -1 are usual. Default: none.
   */
  readonly ignoreClass?: number;
}

/**
 * -ln of the probability of the true class. Targets are class numbers, [batch] or [batch, 1] with predictions
 * [batch, classes], or one a position with predictions of pictures. Probabilities are clipped and then divided by their sum,
 * as Keras does here; those of a final softmax are not needed: its input is used, but not together with `ignoreClass`, where
 * Keras works on the probabilities too.
 *
 * @throws PermafrostError INVALID_ARGUMENT for a class to ignore that is not a whole number.
 */
export function sparseCategoricalCrossentropy(options: SparseCrossentropyOptions = {}): Loss {
  const config = {
    fromLogits: options.fromLogits ?? false,
    axis: options.axis ?? -1,
    reduction: resolveReduction(options),
    ...ignoredClass(options),
  };
  const { ignoreClass } = config;
  return defineLoss("sparseCategoricalCrossentropy", config, "classNumbers", (g, prediction, target) => {
    const axis = engineAxis(prediction.type.shape, config.axis);
    const logits = config.fromLogits ? prediction : hiddenLogits(prediction, axis, ignoreClass);
    const scores = logits ?? g.apply(operators.log, [clipProbabilities(g, prediction)], {});
    const logs = g.apply(operators.logSoftmax, [scores], { axis });
    const numbers = classNumbers(g, prediction, target, axis);
    const losses = negativeSum(g, oneHotRows(g, prediction, numbers, axis), logs, axis);
    if (ignoreClass === undefined) return losses;
    const counted = countedPositions(g, numbers, ignoreClass);
    return g.apply(operators.where, [counted, losses, g.constant(scalar(0), "no_loss")], {});
  });
}

function ignoredClass({ ignoreClass }: SparseCrossentropyOptions): { readonly ignoreClass?: number } {
  if (ignoreClass === undefined) return {};
  if (Number.isInteger(ignoreClass)) return { ignoreClass };
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `ignoreClass: expected the number of a class, got ${ignoreClass}.`,
  );
}

function hiddenLogits(prediction: Value, axis: number, ignoreClass: number | undefined): Value | undefined {
  return ignoreClass === undefined ? logitsBehind(prediction, "softmax", axis) : undefined;
}

/** Targets as one class number a position, whether they had an axis of their own for it or not. */
function classNumbers(g: GraphBuilder, prediction: Value, target: Value, axis: number): Value {
  const { shape } = prediction.type;
  const positions = shape.filter((_, index) => index !== axis);
  const single = shape.map((size, index) => (index === axis ? 1 : size));
  const fits = sameShape(target.type.shape, positions) || sameShape(target.type.shape, single);
  if (!fits || typeof shape[axis] !== "number" || shape.length < 2) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `sparseCategoricalCrossentropy: expected predictions [batch, classes] and class numbers [batch], got ${showType(prediction.type)} and ${showType(target.type)}. For one-hot targets use categoricalCrossentropy.`,
    );
  }
  return g.apply(operators.reshape, [target], { shape: positions });
}

/** Class numbers as rows with one 1, the classes on the same axis as the predictions'. */
function oneHotRows(g: GraphBuilder, prediction: Value, numbers: Value, axis: number): Value {
  const { shape } = prediction.type;
  const rows = g.apply(operators.oneHot, [numbers], { depth: Number(shape[axis]) });
  if (axis === shape.length - 1) return rows;
  const permutation = numbers.type.shape.map((_, index) => index);
  permutation.splice(axis, 0, shape.length - 1);
  return g.apply(operators.transpose, [rows], { permutation });
}

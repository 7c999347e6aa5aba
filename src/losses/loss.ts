import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { elementsPerSample, sameShape, showType } from "../tensor/shape.ts";
import { scalar } from "../tensor/tensor.ts";

/** What training makes small: a piece of graph that compares predictions with targets. */
export interface Loss {
  /** Our name: "binaryCrossentropy". */
  readonly name: string;
  /** Its options with defaults filled in: plain JSON, kept in bundles. */
  readonly config: Readonly<Record<string, number | boolean>>;
  /**
   * The loss of each sample, [batch].
   *
   * @param prediction - [batch, outputs].
   * @param target - The same shape; or, where the loss says so, [batch] or [batch, 1].
   * @throws PermafrostError SHAPE_MISMATCH when the two do not fit.
   */
  perSample(g: GraphBuilder, prediction: Value, target: Value): Value;
}

/**
 * Keras's reduction `sum_over_batch_size`: sum of weight · loss over the samples, divided by the number of samples
 * (not by the sum of the weights).
 *
 * @param losses - [batch].
 * @param weights - [batch]; left out: all 1.
 * @returns A scalar.
 */
export function meanLoss(g: GraphBuilder, losses: Value, weights?: Value): Value {
  if (weights === undefined) return g.apply(operators.reduceMean, [losses], {});
  const sum = g.apply(operators.reduceSum, [g.apply(operators.mul, [losses, weights], {})], {});
  return g.apply(operators.div, [sum, g.apply(operators.axisSize, [losses], { axis: 0 })], {});
}

/**
 * [batch] and [batch, 1] are taken for each other, never stretched to [batch, batch].
 *
 * @throws PermafrostError SHAPE_MISMATCH when the shapes still differ.
 */
export function alignRanks(
  g: GraphBuilder,
  prediction: Value,
  target: Value,
): { readonly prediction: Value; readonly target: Value } {
  const column = (value: Value): Value =>
    value.type.shape.length === 1 ? g.apply(operators.reshape, [value], { shape: ["batch", 1] }) : value;
  const aligned = { prediction: column(prediction), target: column(target) };
  if (sameShape(aligned.prediction.type.shape, aligned.target.type.shape)) return aligned;
  throw new PermafrostError(
    "SHAPE_MISMATCH",
    `loss: predictions are ${showType(prediction.type)}, targets ${showType(target.type)}; they must have the same shape. For class numbers as targets use sparseCategoricalCrossentropy.`,
  );
}

/** The mean over all axes but the batch: [batch]. */
export function meanOfEachSample(g: GraphBuilder, values: Value): Value {
  const flat = g.apply(operators.reshape, [values], {
    shape: ["batch", elementsPerSample(values.type.shape)],
  });
  return g.apply(operators.reduceMean, [flat], { axes: [1] });
}

/** target · (1 - smoothing) + smoothing · share: Keras's label smoothing. */
export function smooth(g: GraphBuilder, target: Value, smoothing: number, share: number): Value {
  if (smoothing === 0) return target;
  const kept = g.apply(operators.mul, [target, g.constant(scalar(1 - smoothing), "kept")], {});
  return g.apply(operators.add, [kept, g.constant(scalar(smoothing * share), "spread")], {});
}

/** Probabilities kept within [1e-7, 1 - 1e-7], in float32 as Keras does: the upper bound is 0.99999988. */
export function clipProbabilities(g: GraphBuilder, probabilities: Value): Value {
  const bounds = { min: Math.fround(1e-7), max: Math.fround(1 - 1e-7) };
  return g.apply(operators.clip, [probabilities], bounds);
}

/**
 * What went into a final sigmoid or softmax. Working on it loses no digits (Keras on TensorFlow does the same);
 * undefined if the prediction comes from something else.
 */
export function logitsBehind(prediction: Value, activation: "sigmoid" | "softmax"): Value | undefined {
  const { source } = prediction;
  return source.kind === "node" && source.node.op.name === activation ? source.node.inputs[0] : undefined;
}

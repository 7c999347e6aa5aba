import { PermafrostError } from "../base/errors.ts";
import { lookUp } from "../base/identifiers.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";

/**
 * How the weighted losses of a batch become one number: their sum divided by the number of samples ("sumOverBatchSize", also
 * called "mean"), by the sum of the weights ("meanWithSampleWeight"), or not at all ("sum").
 */
export type Reduction = "sumOverBatchSize" | "meanWithSampleWeight" | "sum";

export interface LossOptions {
  /** Keras's names in either spelling: "sum_over_batch_size" (the default), "mean", "sum" or "mean_with_sample_weight". */
  readonly reduction?: string;
}

const reductions: Readonly<Record<string, Reduction | undefined>> = {
  sumOverBatchSize: "sumOverBatchSize",
  mean: "sumOverBatchSize",
  meanWithSampleWeight: "meanWithSampleWeight",
  sum: "sum",
  none: undefined,
};

/** @throws PermafrostError UNKNOWN_NAME; INVALID_ARGUMENT for "none", which training cannot make small. */
export function resolveReduction({ reduction = "sumOverBatchSize" }: LossOptions): Reduction {
  const resolved = lookUp("reduction", reduction, reductions);
  if (resolved !== undefined) return resolved;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    'reduction: training needs one number, got "none". Use "sum_over_batch_size", "sum" or "mean_with_sample_weight".',
  );
}

/**
 * One number of the losses of a batch. Samples of weight 0 that only fill the batch up are not counted in `count`.
 *
 * @param losses - [batch].
 * @param weights - [batch].
 * @param count - A scalar: the number of samples.
 */
export function reduceLosses(
  g: GraphBuilder,
  reduction: Reduction,
  losses: Value,
  weights: Value,
  count: Value,
): Value {
  const sum = g.apply(operators.reduceSum, [g.apply(operators.mul, [losses, weights], {})], {});
  if (reduction === "sum") return sum;
  const divisor = reduction === "meanWithSampleWeight" ? positiveSum(g, weights) : count;
  return g.apply(operators.div, [sum, divisor], {});
}

/** Where all weights are 0, the loss is 0 too, not 0 / 0. */
function positiveSum(g: GraphBuilder, weights: Value): Value {
  const sum = g.apply(operators.reduceSum, [weights], {});
  return g.apply(operators.maximum, [sum, g.constant(scalar(1e-37), "smallest")], {});
}

/** The same of losses that are known, in double. Left out weights are 1. */
export function reducedLoss(
  reduction: Reduction,
  losses: Float32Array,
  weights: Float32Array | undefined,
): number {
  let sum = 0;
  let weight = 0;
  for (const [index, loss] of losses.entries()) {
    const own = weights === undefined ? 1 : weights[index]!;
    sum += loss * own;
    weight += own;
  }
  if (reduction === "sum") return sum;
  if (reduction === "sumOverBatchSize") return sum / losses.length;
  return weight === 0 ? 0 : sum / weight;
}

import { PermafrostError } from "../base/errors.ts";
import { lookUp } from "../base/identifiers.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { scalar } from "../tensor/tensor.ts";
import { countedSamples, countedShares, knownShares, leastShare } from "./ignoredClass.ts";

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

/** What of a loss decides how those of a batch become one number. */
export interface ReductionRule {
  readonly reduction: Reduction;
  /** Positions of this class are left out: they count neither in sums nor in numbers of samples. */
  readonly ignoreClass?: number;
}

/** A batch as values of a graph. */
export interface BatchValues {
  /** [batch]. */
  readonly losses: Value;
  /** [batch]. */
  readonly weights: Value;
  readonly target: Value;
  /** A scalar: the number of samples. Rows of weight 0 that only fill the batch up are not among them. */
  readonly count: Value;
}

/** One number of the losses of a batch. */
export function reduceLosses(
  g: GraphBuilder,
  { reduction, ignoreClass }: ReductionRule,
  { losses, weights, target, count }: BatchValues,
): Value {
  const sum = g.apply(operators.reduceSum, [g.apply(operators.mul, [losses, weights], {})], {});
  if (reduction === "sum") return sum;
  if (reduction === "meanWithSampleWeight") {
    const counted = ignoreClass === undefined ? weights : countedWeights(g, weights, target, ignoreClass);
    // Where all weights are 0, the loss is 0 too, not 0 / 0.
    return quotient(g, sum, g.apply(operators.reduceSum, [counted], {}), 1e-37);
  }
  if (ignoreClass === undefined) return g.apply(operators.div, [sum, count], {});
  return quotient(g, sum, countedSamples(g, target, ignoreClass, count), leastShare(target));
}

function countedWeights(g: GraphBuilder, weights: Value, target: Value, ignoreClass: number): Value {
  return g.apply(operators.mul, [weights, countedShares(g, target, ignoreClass)], {});
}

function quotient(g: GraphBuilder, sum: Value, divisor: Value, smallest: number): Value {
  const positive = g.apply(operators.maximum, [divisor, g.constant(scalar(smallest), "smallest")], {});
  return g.apply(operators.div, [sum, positive], {});
}

/** A batch whose numbers are known. */
export interface KnownBatch {
  /** One a sample. */
  readonly losses: Float32Array;
  /** One a sample; undefined: 1 each. */
  readonly weights: Float32Array | undefined;
  /** Of all samples, one after the other. */
  readonly targets: Float32Array;
}

/** The same of losses that are known, in double. */
export function reducedLoss(
  { reduction, ignoreClass }: ReductionRule,
  { losses, weights, targets }: KnownBatch,
): number {
  const shares = ignoreClass === undefined ? undefined : knownShares(targets, losses.length, ignoreClass);
  let [sum, weight, counted] = [0, 0, 0];
  for (const [index, loss] of losses.entries()) {
    const own = weights === undefined ? 1 : weights[index]!;
    const share = shares === undefined ? 1 : shares[index]!;
    sum += loss * own;
    weight += own * share;
    counted += share;
  }
  if (reduction === "sum") return sum;
  const divisor = reduction === "sumOverBatchSize" ? counted : weight;
  return divisor === 0 ? 0 : sum / divisor;
}

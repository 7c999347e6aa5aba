import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { elementsPerSample } from "../tensor/shape.ts";
import { scalar } from "../tensor/tensor.ts";

/** 1 at each position whose target is not the ignored class, else 0. Shape of the targets. */
export function countedPositions(g: GraphBuilder, target: Value, ignoreClass: number): Value {
  const ignored = g.apply(operators.equal, [target, g.constant(scalar(ignoreClass), "ignored_class")], {});
  return g.apply(operators.sub, [g.constant(scalar(1), "one"), ignored], {});
}

/** The share of each sample's positions that counts, [batch]. */
export function countedShares(g: GraphBuilder, target: Value, ignoreClass: number): Value {
  const counted = countedPositions(g, target, ignoreClass);
  const flat = g.apply(operators.reshape, [counted], { shape: ["batch", positionsOf(target)] });
  return g.apply(operators.reduceMean, [flat], { axes: [1] });
}

/**
 * How many samples count, by the share of each, as a scalar. Rows of zeros that only fill the batch up do not.
 *
 * @param count - A scalar: the number of samples.
 */
export function countedSamples(g: GraphBuilder, target: Value, ignoreClass: number, count: Value): Value {
  const shares = countedShares(g, target, ignoreClass);
  // Rows of zeros are of class 0: where that one is ignored they have no share, else the whole of it.
  if (ignoreClass === 0) return g.apply(operators.reduceSum, [shares], {});
  const ignored = g.apply(operators.sub, [g.constant(scalar(1), "one"), shares], {});
  return g.apply(operators.sub, [count, g.apply(operators.reduceSum, [ignored], {})], {});
}

/** The least share above 0 that a sample can have. */
export function leastShare(target: Value): number {
  return 1 / positionsOf(target);
}

/** The share of each sample's positions that counts, of targets that are known. */
export function knownShares(targets: Float32Array, samples: number, ignoreClass: number): Float64Array {
  const positions = targets.length / Math.max(1, samples);
  const shares = new Float64Array(samples);
  for (const [index, target] of targets.entries()) {
    if (target !== ignoreClass) shares[Math.floor(index / positions)]! += 1 / positions;
  }
  return shares;
}

function positionsOf(target: Value): number {
  return target.type.shape.length === 1 ? 1 : elementsPerSample(target.type.shape);
}

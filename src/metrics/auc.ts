import { PermafrostError } from "../base/errors.ts";
import { areaUnder, type CurveCounts, type CurveOptions } from "./curveArea.ts";
import { GatheredMetric, type MetricOptions, share } from "./metric.ts";
import { expectSameWidth } from "./rows.ts";

export interface AucOptions extends MetricOptions, CurveOptions {
  /** Thresholds of the curve, spread evenly, one below 0 and one above 1 among them. Default 200. */
  readonly numThresholds?: number;
  /** Thresholds of one's own; one below 0 and one above 1 are added. */
  readonly thresholds?: readonly number[];
  /** A curve for each output, and the mean of their areas, instead of one curve of all outputs. Default false. */
  readonly multiLabel?: boolean;
  /** Weights of the outputs: in the mean if `multiLabel`, else in the curve. */
  readonly labelWeights?: readonly number[];
  /** Predictions are logits. Default false. */
  readonly fromLogits?: boolean;
}

/** Keras's allowance for predictions of exactly 0 and 1. */
const epsilon = 1e-7;

/**
 * The area under a curve over thresholds (Keras's Riemann sum; "PR" by Davis and Goadrich 2006). Targets 0 or 1, as many as
 * outputs; predictions from 0 to 1.
 */
export function auc(options: AucOptions = {}): GatheredMetric {
  const { name = "auc", multiLabel = false, labelWeights, fromLogits = false } = options;
  const { count, bucketOf } = bucketsOf(name, options);
  const weightOf = (index: number) => labelWeights?.[index] ?? 1;
  return new GatheredMetric(name, {
    sums: (outputs) => 2 * count * (multiLabel ? outputs : 1),
    add(sums, prediction, target, weight) {
      expectSameWidth(name, prediction, target);
      for (const [index, output] of prediction.entries()) {
        const bucket = bucketOf(fromLogits ? Math.fround(1 / (1 + Math.exp(-output))) : output);
        const place = 2 * (multiLabel ? index * count + bucket : bucket);
        const own = multiLabel ? weight : weight * weightOf(index);
        sums[place]! += own * target[index]!;
        sums[place + 1]! += own * (1 - target[index]!);
      }
    },
    result(sums) {
      const areas = Array.from({ length: sums.length / (2 * count) }, (_, label) =>
        areaUnder(countsFrom(sums.subarray(2 * label * count, 2 * (label + 1) * count)), options),
      );
      const weights = areas.map((_, label) => (multiLabel ? weightOf(label) : 1));
      const sum = areas.reduce((all, area, label) => all + area * weights[label]!, 0);
      return share(
        sum,
        weights.reduce((all, weight) => all + weight, 0),
      );
    },
  });
}

/** Counts at each threshold from those between thresholds. */
function countsFrom(buckets: Float64Array): CurveCounts {
  const thresholds = buckets.length / 2;
  const positives = new Float64Array(thresholds);
  const negatives = new Float64Array(thresholds);
  let above = { positive: 0, negative: 0 };
  for (let index = thresholds - 1; index >= 0; index--) {
    above = {
      positive: above.positive + buckets[2 * index]!,
      negative: above.negative + buckets[2 * index + 1]!,
    };
    positives[index] = above.positive;
    negatives[index] = above.negative;
  }
  return {
    truePositives: positives,
    falsePositives: negatives,
    positives: above.positive,
    negatives: above.negative,
  };
}

interface Buckets {
  readonly count: number;
  /** The number of the highest threshold that a prediction is strictly above. */
  readonly bucketOf: (prediction: number) => number;
}

function bucketsOf(name: string, { numThresholds = 200, thresholds }: AucOptions): Buckets {
  if (thresholds !== undefined) return ownBuckets(thresholds);
  if (!Number.isInteger(numThresholds) || numThresholds < 2) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `metric ${name}: numThresholds: expected a whole number of at least 2, got ${numThresholds}.`,
    );
  }
  // In float32, as Keras places them.
  const bucketOf = (p: number) => {
    const bucket = Math.ceil(Math.fround(p * (numThresholds - 1))) - 1;
    return Math.min(Math.max(bucket, 0), numThresholds - 1);
  };
  return { count: numThresholds, bucketOf };
}

function ownBuckets(thresholds: readonly number[]): Buckets {
  const sorted = Float32Array.from([-epsilon, ...[...thresholds].sort((a, b) => a - b), 1 + epsilon]);
  const bucketOf = (p: number) =>
    Math.max(
      0,
      sorted.findLastIndex((threshold) => p > threshold),
    );
  return { count: sorted.length, bucketOf };
}

import { PermafrostError } from "../base/errors.ts";
import { GatheredMetric, type Gathering, type MetricOptions } from "./metric.ts";
import { expectSameWidth } from "./rows.ts";

export interface ThresholdOptions extends MetricOptions {
  /** Outputs strictly above it count as "yes". Several give a list of results. Default 0.5. */
  readonly thresholds?: number | readonly number[];
}

export interface RetrievalOptions extends ThresholdOptions {
  /** Only the k largest outputs of a sample count, above the threshold if one is given. */
  readonly topK?: number;
  /** Look at this output alone. */
  readonly classId?: number;
}

/** How often predictions and targets of 0 or 1 meet. */
export interface ConfusionCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/** A metric that is computed from the counts at each threshold. Targets 0 or 1, as many as outputs. */
export function confusionMetric(
  name: string,
  options: RetrievalOptions,
  ofCounts: (counts: ConfusionCounts) => number,
): GatheredMetric {
  const thresholds = thresholdsOf(name, options);
  const picked = pickOutputs(options);
  const gathering: Gathering = {
    isList: thresholds.length > 1,
    sums: () => 4 * thresholds.length,
    add(sums, prediction, target, weight) {
      expectSameWidth(name, prediction, target);
      for (const [index, p] of picked(prediction)) {
        for (const [row, threshold] of thresholds.entries()) {
          sums[4 * row + 2 * Number(p > threshold) + Number(target[index] !== 0)]! += weight;
        }
      }
    },
    result(sums) {
      const values = Array.from(thresholds, (_, row) => ofCounts(countsAt(sums, row)));
      return values.length === 1 ? values[0]! : values;
    },
  };
  return new GatheredMetric(name, gathering);
}

function countsAt(sums: Float64Array, row: number): ConfusionCounts {
  const [trueNegatives, falseNegatives, falsePositives, truePositives] = sums.subarray(4 * row, 4 * row + 4);
  return {
    truePositives: truePositives!,
    falsePositives: falsePositives!,
    trueNegatives: trueNegatives!,
    falseNegatives: falseNegatives!,
  };
}

/** In float32, as predictions are. */
function thresholdsOf(name: string, { thresholds, topK }: RetrievalOptions): Float32Array {
  const given = thresholds ?? (topK === undefined ? 0.5 : Number.NEGATIVE_INFINITY);
  const list = typeof given === "number" ? [given] : given;
  const bad = list.find(
    (threshold) => Number.isNaN(threshold) || (thresholds !== undefined && !isShare(threshold)),
  );
  if (bad === undefined && list.length > 0) return Float32Array.from(list);
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `metric ${name}: thresholds: expected numbers from 0 to 1, got ${bad ?? "none"}.`,
  );
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}

/** The outputs that count, with their places. */
function pickOutputs({ topK, classId }: RetrievalOptions) {
  return (prediction: Float32Array): Iterable<readonly [index: number, p: number]> => {
    const kept = topK === undefined ? prediction : onlyLargest(prediction, topK);
    return classId === undefined ? kept.entries() : [[classId, kept[classId] ?? Number.NaN]];
  };
}

/** All but the k largest (the first of equals) are far below any threshold. */
function onlyLargest(prediction: Float32Array, k: number): Float32Array {
  const ranked = [...prediction.keys()].sort((a, b) => prediction[b]! - prediction[a]! || a - b);
  const kept = new Set(ranked.slice(0, k));
  return prediction.map((p, index) => (kept.has(index) ? p : Number.NEGATIVE_INFINITY));
}

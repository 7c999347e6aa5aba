import { share } from "./metric.ts";

export interface CurveOptions {
  /** True against false positive rate ("ROC", the default), or precision against recall ("PR"). */
  readonly curve?: "ROC" | "PR";
  /** Heights between thresholds: interpolated (the default), or the larger or smaller of the two. */
  readonly summationMethod?: "interpolation" | "majoring" | "minoring";
}

/** What is counted at each threshold, in rising order. */
export interface CurveCounts {
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
  /** All targets of 1. */
  readonly positives: number;
  /** All targets of 0. */
  readonly negatives: number;
}

/** The area under the curve of these counts. */
export function areaUnder(
  counts: CurveCounts,
  { curve = "ROC", summationMethod = "interpolation" }: CurveOptions,
): number {
  if (curve === "PR" && summationMethod === "interpolation") return interpolatedPrecision(counts);
  const { truePositives, falsePositives, positives, negatives } = counts;
  const recalls = truePositives.map((count) => share(count, positives));
  const [x, y] =
    curve === "ROC"
      ? [falsePositives.map((count) => share(count, negatives)), recalls]
      : [recalls, truePositives.map((count, index) => share(count, count + falsePositives[index]!))];
  const heights = {
    interpolation: (a: number, b: number) => (a + b) / 2,
    minoring: Math.min,
    majoring: Math.max,
  };
  const height = heights[summationMethod];
  let area = 0;
  for (let index = 0; index + 1 < x.length; index++) {
    area += (x[index]! - x[index + 1]!) * height(y[index]!, y[index + 1]!);
  }
  return area;
}

/**
 * Between two thresholds the true positives are interpolated, not the precision, which is no straight line there (Davis and
 * Goadrich 2006, "The Relationship Between Precision-Recall and ROC Curves").
 */
function interpolatedPrecision({ truePositives, falsePositives, positives }: CurveCounts): number {
  let area = 0;
  for (let index = 0; index + 1 < truePositives.length; index++) {
    const [hits, fewer] = [truePositives[index]!, truePositives[index + 1]!];
    const [called, calledFewer] = [hits + falsePositives[index]!, fewer + falsePositives[index + 1]!];
    const slope = share(hits - fewer, Math.max(called - calledFewer, 0));
    const intercept = fewer - slope * calledFewer;
    const ratio = called > 0 && calledFewer > 0 ? called / calledFewer : 1;
    area += share(slope * (hits - fewer + intercept * Math.log(ratio)), positives);
  }
  return area;
}

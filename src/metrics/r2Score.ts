import { GatheredMetric, type MetricOptions } from "./metric.ts";
import { expectSameWidth } from "./rows.ts";

export interface R2Options extends MetricOptions {
  /** The mean of the outputs' scores, that mean weighted by their variances, or a list (null). Default "uniform_average". */
  readonly classAggregation?: "uniform_average" | "variance_weighted_average" | null;
}

/**
 * The share of the targets' variance that predictions explain: 1 is perfect, 0 is as good as always saying the mean. Where
 * targets do not vary it is 0. Targets as many as outputs.
 */
export function r2Score(options: R2Options = {}): GatheredMetric {
  const { name = "r2_score", classAggregation = "uniform_average" } = options;
  return new GatheredMetric(name, {
    isList: classAggregation === null,
    sums: (outputs) => 4 * outputs,
    add(sums, prediction, target, weight) {
      expectSameWidth(name, prediction, target);
      for (const [index, p] of prediction.entries()) {
        const y = target[index]!;
        sums[4 * index]! += weight * y;
        sums[4 * index + 1]! += weight * y * y;
        sums[4 * index + 2]! += weight * (y - p) ** 2;
        sums[4 * index + 3]! += weight;
      }
    },
    result(sums) {
      const outputs = Array.from({ length: sums.length / 4 }, (_, index) =>
        explained(sums.subarray(4 * index)),
      );
      const scores = outputs.map(({ score }) => score);
      if (classAggregation === null) return scores;
      const weights = outputs.map(({ variation }) =>
        classAggregation === "uniform_average" ? 1 : variation,
      );
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      return all === 0 ? 0 : scores.reduce((sum, score, index) => sum + score * weights[index]!, 0) / all;
    },
  });
}

function explained([sum, squares, residual, count]: Float64Array): { score: number; variation: number } {
  const variation = count === 0 ? 0 : squares! - sum! ** 2 / count!;
  return { score: variation > 0 ? 1 - residual! / variation : 0, variation };
}

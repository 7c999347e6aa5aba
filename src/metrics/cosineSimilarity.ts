import { meanMetric } from "./meanMetric.ts";
import type { GatheredMetric, MetricOptions } from "./metric.ts";
import { expectSameWidth } from "./rows.ts";

/** The mean cosine of the angle between targets and predictions; 0 where one of them is 0. Targets as many as outputs. */
export function cosineSimilarity({ name = "cosine_similarity" }: MetricOptions = {}): GatheredMetric {
  return meanMetric(name, (prediction, target) => {
    expectSameWidth(name, prediction, target);
    let product = 0;
    for (const [index, p] of prediction.entries()) product += p * target[index]!;
    return product / (lengthOf(prediction) * lengthOf(target));
  });
}

/** 1e-7 at least. */
function lengthOf(vector: Float32Array): number {
  return Math.max(Math.sqrt(vector.reduce((sum, value) => sum + value ** 2, 0)), 1e-7);
}

import { confusionMetric, type RetrievalOptions } from "./confusionCounts.ts";
import { type GatheredMetric, share } from "./metric.ts";

/** Of the targets that are 1, the share that was found; 0 where there is none. Targets 0 or 1, as many as outputs. */
export function recall(options: RetrievalOptions = {}): GatheredMetric {
  return confusionMetric(options.name ?? "recall", options, ({ truePositives, falseNegatives }) =>
    share(truePositives, truePositives + falseNegatives),
  );
}

import { confusionMetric, type RetrievalOptions } from "./confusionCounts.ts";
import { type GatheredMetric, share } from "./metric.ts";

/** Of the outputs that say "yes", the share that is right; 0 where none does. Targets 0 or 1, as many as outputs. */
export function precision(options: RetrievalOptions = {}): GatheredMetric {
  return confusionMetric(options.name ?? "precision", options, ({ truePositives, falsePositives }) =>
    share(truePositives, truePositives + falsePositives),
  );
}

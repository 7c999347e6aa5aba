import { meanMetric, meanOfOutputs } from "./meanMetric.ts";
import type { GatheredMetric, MetricOptions } from "./metric.ts";
import { expectSameWidth } from "./rows.ts";

/** The mean of max(1 - y p, 0). Targets -1 and 1, or 0 and 1, as many as outputs. */
export function hinge({ name = "hinge" }: MetricOptions = {}): GatheredMetric {
  return meanOfOutputs({ name }, (p, y) => Math.max(1 - y * p, 0), { readTargets: signs });
}

/** The mean of max(1 - y p, 0)². Targets as for `hinge`. */
export function squaredHinge({ name = "squared_hinge" }: MetricOptions = {}): GatheredMetric {
  return meanOfOutputs({ name }, (p, y) => Math.max(1 - y * p, 0) ** 2, { readTargets: signs });
}

/** The mean of max(1 + the largest output of a wrong class - that of the right one, 0). Targets one-hot, [n, classes]. */
export function categoricalHinge({ name = "categorical_hinge" }: MetricOptions = {}): GatheredMetric {
  return meanMetric(name, (prediction, target) => {
    expectSameWidth(name, prediction, target);
    let right = 0;
    let wrong = Number.NEGATIVE_INFINITY;
    for (const [index, p] of prediction.entries()) {
      right += target[index]! * p;
      wrong = Math.max(wrong, (1 - target[index]!) * p);
    }
    return Math.max(wrong - right + 1, 0);
  });
}

/** A batch of only 0 and 1 stands for -1 and 1, as in Keras. */
function signs(targets: Float32Array): Float32Array {
  return targets.every((y) => y === 0 || y === 1) ? targets.map((y) => 2 * y - 1) : targets;
}

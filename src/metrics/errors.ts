import { meanOfOutputs } from "./meanMetric.ts";
import { GatheredMetric, type MetricOptions, share } from "./metric.ts";
import { expectSameWidth } from "./rows.ts";

/** The mean of (y - p)². Targets as many as outputs. */
export function meanSquaredError({ name = "mean_squared_error" }: MetricOptions = {}): GatheredMetric {
  return meanOfOutputs({ name }, (p, y) => (y - p) ** 2);
}

/** The mean of |y - p|. Targets as many as outputs. */
export function meanAbsoluteError({ name = "mean_absolute_error" }: MetricOptions = {}): GatheredMetric {
  return meanOfOutputs({ name }, (p, y) => Math.abs(y - p));
}

/** 100 times the mean of |y - p| / max(|y|, 1e-7). Targets as many as outputs. */
export function meanAbsolutePercentageError({
  name = "mean_absolute_percentage_error",
}: MetricOptions = {}): GatheredMetric {
  return meanOfOutputs({ name }, (p, y) => 100 * Math.abs((y - p) / Math.max(Math.abs(y), 1e-7)));
}

/** The mean of (ln(1 + y) - ln(1 + p))². Targets as many as outputs. */
export function meanSquaredLogarithmicError({
  name = "mean_squared_logarithmic_error",
}: MetricOptions = {}): GatheredMetric {
  const log = (x: number) => Math.log1p(Math.max(x, 1e-7));
  return meanOfOutputs({ name }, (p, y) => (log(y) - log(p)) ** 2);
}

/** The mean of ln cosh(p - y). Targets as many as outputs. */
export function logCoshError({ name = "logcosh" }: MetricOptions = {}): GatheredMetric {
  // ln cosh(x) = |x| + ln(1 + e^-2|x|) - ln 2
  const logCosh = (x: number) => Math.abs(x) + Math.log1p(Math.exp(-2 * Math.abs(x))) - Math.LN2;
  return meanOfOutputs({ name }, (p, y) => logCosh(p - y));
}

/** The root of the mean of (y - p)² over all outputs of all samples. Targets as many as outputs. */
export function rootMeanSquaredError({
  name = "root_mean_squared_error",
}: MetricOptions = {}): GatheredMetric {
  return new GatheredMetric(name, {
    sums: () => 2,
    add(sums, prediction, target, weight) {
      expectSameWidth(name, prediction, target);
      for (const [index, p] of prediction.entries()) sums[0]! += weight * (target[index]! - p) ** 2;
      sums[1]! += weight * prediction.length;
    },
    result: (sums) => Math.sqrt(share(sums[0]!, sums[1]!)),
  });
}

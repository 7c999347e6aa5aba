import { GatheredMetric, type Gathering, type MetricOptions, share } from "./metric.ts";
import { expectSameWidth } from "./rows.ts";

/** What one row of predictions and targets contributes. */
export type OfRow = (prediction: Float32Array, target: Float32Array) => number;

/** A metric that is the weighted mean of a number for each row; 0 before the first. */
export function meanMetric(
  name: string,
  ofRow: OfRow,
  more: Pick<Gathering, "readTargets"> = {},
): GatheredMetric {
  return new GatheredMetric(name, {
    ...more,
    sums: () => 2,
    add(sums, prediction, target, weight) {
      sums[0]! += weight * ofRow(prediction, target);
      sums[1]! += weight;
    },
    result: (sums) => share(sums[0]!, sums[1]!),
  });
}

/** A metric that is the mean of a term of each output. Targets are as many as outputs. */
export function meanOfOutputs(
  { name }: Required<MetricOptions>,
  term: (prediction: number, target: number) => number,
  more: Pick<Gathering, "readTargets"> = {},
): GatheredMetric {
  const ofRow: OfRow = (prediction, target) => {
    expectSameWidth(name, prediction, target);
    let sum = 0;
    for (const [index, p] of prediction.entries()) sum += term(p, target[index]!);
    return sum / prediction.length;
  };
  return meanMetric(name, ofRow, more);
}

/** A metric that is the sum of a term over the outputs of a row, in the mean. */
export function sumOfOutputs(
  name: string,
  term: (prediction: number, target: number) => number,
): GatheredMetric {
  return meanMetric(name, (prediction, target) => {
    expectSameWidth(name, prediction, target);
    let sum = 0;
    for (const [index, p] of prediction.entries()) sum += term(p, target[index]!);
    return sum;
  });
}

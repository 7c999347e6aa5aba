import { PermafrostError } from "../base/errors.ts";
import { GatheredMetric, type MetricOptions } from "./metric.ts";
import { firstLargest } from "./rows.ts";

export interface MeanIoUOptions extends MetricOptions {
  readonly numClasses: number;
  /** Targets of this class are left out. */
  readonly ignoreClass?: number;
  /** Targets are class numbers; false: one-hot rows. Default true. */
  readonly sparseYTrue?: boolean;
  /** Predictions are class numbers; false: rows, of which the largest counts. Default true, as in Keras. */
  readonly sparseYPred?: boolean;
}

/**
 * Intersection over union of each class, hits / (hits + misses + false alarms), in the mean over the classes that occur.
 *
 * @throws PermafrostError INVALID_ARGUMENT for fewer than one class.
 */
export function meanIoU(options: MeanIoUOptions): GatheredMetric {
  const { name = "mean_io_u", numClasses, ignoreClass, sparseYTrue = true, sparseYPred = true } = options;
  if (!(Number.isInteger(numClasses) && numClasses >= 1)) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `metric ${name}: numClasses: expected a whole number of at least 1, got ${numClasses}.`,
    );
  }
  const isClass = (label: number) => label >= 0 && label < numClasses;
  return new GatheredMetric(name, {
    sums: () => numClasses ** 2,
    add(sums, prediction, target, weight) {
      const truths = sparseYTrue ? target : [firstLargest(target)];
      const answers = sparseYPred ? prediction : [firstLargest(prediction)];
      for (const [index, value] of truths.entries()) {
        const [truth, answer] = [Math.trunc(value), Math.trunc(answers[index]!)];
        if (truth === ignoreClass || !isClass(truth) || !isClass(answer)) continue;
        sums[truth * numClasses + answer]! += weight;
      }
    },
    result: (sums) => meanOverlap(sums, numClasses),
  });
}

/** `meanIoU` for one-hot targets and rows of probabilities. */
export function oneHotMeanIoU(options: Omit<MeanIoUOptions, "sparseYTrue">): GatheredMetric {
  return meanIoU({ name: "one_hot_mean_io_u", sparseYPred: false, ...options, sparseYTrue: false });
}

/** @param confusion - [true, predicted]. */
function meanOverlap(confusion: Float64Array, classes: number): number {
  let sum = 0;
  let present = 0;
  for (let label = 0; label < classes; label++) {
    const hits = confusion[label * classes + label]!;
    let union = -hits;
    for (let other = 0; other < classes; other++) {
      union += confusion[label * classes + other]! + confusion[other * classes + label]!;
    }
    if (union <= 0) continue;
    sum += hits / union;
    present++;
  }
  return present === 0 ? 0 : sum / present;
}

/**
 * Weights that let every class count the same in the loss: n / (k * count), with n samples and k classes that have any.
 * The rule Keras users know as scikit-learn's `class_weight="balanced"` (King and Zeng 2001).
 *
 * @param labels - Class index of each training sample.
 * @returns One weight a class, in class order; their mean over the samples is 1. A class without samples gets 0.
 */
export function balancedClassWeights(labels: Iterable<number>, classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(0);
  let n = 0;
  for (const label of labels) {
    counts[label]! += 1;
    n++;
  }
  const k = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : n / (k * count)));
}

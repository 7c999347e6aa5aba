/** What one run of a method says of the images of one split. */
export interface JudgedRun {
  readonly seed: number;
  /** The true class of each image. */
  readonly labels: readonly number[];
  readonly predicted: readonly number[];
  /** Given to the true class; left out where the method has no probabilities. */
  readonly trueProbability?: readonly number[];
}

/** 1 for each image that the run has right, else 0. */
export function correctness({ labels, predicted }: JudgedRun): Uint8Array {
  return Uint8Array.from(labels, (label, image) => Number(label === predicted[image]));
}

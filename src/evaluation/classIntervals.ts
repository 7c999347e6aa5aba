import { type FoundIntervals, foundIntervals } from "./columnDetails.ts";
import { readPredictions } from "./probabilities.ts";
import { type ResampledNumbers, resampledIntervals } from "./resampling.ts";

/** How often each class is named, is there, and both. */
interface Tally {
  readonly hits: Float64Array;
  readonly called: Float64Array;
  readonly present: Float64Array;
}

/** @param counts - How often each image counts. Default: once. */
export function tallyOf(
  said: Int32Array,
  labels: ArrayLike<number>,
  classes: number,
  counts?: ArrayLike<number>,
): Tally {
  const zeros = () => new Float64Array(classes);
  const [hits, called, present] = [zeros(), zeros(), zeros()];
  for (let sample = 0; sample < said.length; sample++) {
    const count = counts === undefined ? 1 : counts[sample]!;
    const [answer, label] = [said[sample]!, labels[sample]!];
    called[answer]! += count;
    present[label]! += count;
    if (answer === label) hits[label]! += count;
  }
  return { hits, called, present };
}

/** F1 of every class, then their mean. */
export function resampledF1(said: Int32Array, labels: ArrayLike<number>, classes: number): ResampledNumbers {
  const truth = Int32Array.from(labels);
  return {
    of: (counts) => {
      const { hits, called, present } = tallyOf(said, truth, classes, counts);
      const all = new Float64Array(classes + 1);
      for (let label = 0; label < classes; label++) {
        const whole = called[label]! + present[label]!;
        const f1 = whole === 0 ? 0 : (2 * hits[label]!) / whole;
        all[label] = f1;
        all[classes]! += f1 / classes;
      }
      return all;
    },
  };
}

/**
 * Intervals of precision, recall and F1 of each class: the part of `classificationDetails` that takes no time.
 *
 * @param probabilities - As `classificationDetails` takes them.
 * @throws PermafrostError as it does.
 */
export function classIntervals(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  classNames: readonly string[],
): readonly FoundIntervals[] {
  const predictions = readPredictions(probabilities, labels, classNames);
  const { samples } = predictions;
  const said = Int32Array.from({ length: samples }, (_, sample) => predictions.predicted(sample));
  const classes = classNames.length;
  const [f1 = []] = resampledIntervals(samples, [resampledF1(said, labels, classes)]);
  const { hits, called, present } = tallyOf(said, labels, classes);
  return classNames.map((_, label) =>
    foundIntervals({ called: called[label]!, hits: hits[label]! }, present[label]!, f1[label] ?? null),
  );
}

import { type Interval, wilsonInterval } from "./interval.ts";
import type { Predictions } from "./probabilities.ts";
import type { ResampledNumbers } from "./resampling.ts";

/** Samples whose confidence is in one range. */
export interface ReliabilityBin {
  /** Above it (the first: from it on), up to `high`. */
  readonly low: number;
  readonly high: number;
  readonly samples: number;
  /** Mean confidence of its samples. */
  readonly confidence: number;
  /** Share of them that are right. */
  readonly accuracy: number;
  /** 95 % Wilson interval of it. */
  readonly interval: Interval;
}

/** How far probabilities can be taken at their word. */
export interface CalibrationScores {
  /** Of the probability of the class that is named; of labels, of every label's probability. */
  readonly bins: readonly ReliabilityBin[];
  readonly expectedCalibrationError: number;
  readonly expectedCalibrationErrorInterval: Interval | null;
  readonly brier: number;
  readonly brierInterval: Interval;
}

/** How many ranges (Guo et al. 2017). */
export const reliabilityBins = 15;

/**
 * Mean confidence and share of right answers in ranges of equal width, those without samples left out: scikit-learn's
 * `calibration_curve(strategy="uniform")`.
 *
 * @param right - 1 where the answer is right, or the label is there; else 0.
 */
export function reliability(
  confidences: ArrayLike<number>,
  right: ArrayLike<number>,
  bins: number = reliabilityBins,
): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ samples: 0, confidence: 0, right: 0 }));
  for (let row = 0; row < confidences.length; row++) {
    const sum = sums[binOf(confidences[row]!, bins)]!;
    sum.samples++;
    sum.confidence += confidences[row]!;
    sum.right += right[row]!;
  }
  return sums.flatMap(({ samples, confidence, right }, bin) =>
    samples === 0
      ? []
      : [
          {
            low: bin / bins,
            high: (bin + 1) / bins,
            samples,
            confidence: confidence / samples,
            accuracy: right / samples,
            interval: wilsonInterval(right, samples),
          },
        ],
  );
}

/** Which range a confidence belongs to: an edge belongs to the range below it. */
export function binOf(confidence: number, bins: number): number {
  return Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
}

/** Expected calibration error: the mean gap between confidence and accuracy, bins weighted by their samples (Naeini et al. 2015). */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const samples = bins.reduce((sum, bin) => sum + bin.samples, 0);
  return bins.reduce(
    (sum, bin) => sum + (bin.samples / samples) * Math.abs(bin.accuracy - bin.confidence),
    0,
  );
}

/**
 * Brier's score of each sample: the squared distance of the probabilities from the truth, halved for two classes (scikit-learn's
 * `brier_score_loss` is their mean).
 */
export function brierScores(predictions: Predictions, labels: ArrayLike<number>): Float64Array {
  const { samples, classes } = predictions;
  return Float64Array.from({ length: samples }, (_, sample) => {
    let sum = 0;
    for (let label = 0; label < classes; label++) {
      sum += (predictions.probability(sample, label) - Number(labels[sample] === label)) ** 2;
    }
    return classes === 2 ? sum / 2 : sum;
  });
}

/** Confidences of images in their ranges, for the calibration error of sets of images. */
export interface Confidences {
  /** Of every image, row after row: one of a classifier, as many as there are labels otherwise. */
  readonly confidences: Float64Array;
  /** 1 where the answer is right, or the label is there; else 0. */
  readonly right: Uint8Array;
}

/** The expected calibration error of one set of images. */
export function resampledCalibrationError(
  { confidences, right }: Confidences,
  samples: number,
): ResampledNumbers {
  const each = confidences.length / samples;
  const places = Uint8Array.from(confidences, (confidence) => binOf(confidence, reliabilityBins));
  const misses = confidences.map((confidence, at) => right[at]! - confidence);
  const gaps = new Float64Array(reliabilityBins);
  return {
    of: (counts) => {
      gaps.fill(0);
      for (let at = 0, sample = 0; sample < samples; sample++) {
        const count = counts[sample]!;
        for (const end = at + each; at < end; at++) gaps[places[at]!]! += count * misses[at]!;
      }
      let sum = 0;
      for (let bin = 0; bin < reliabilityBins; bin++) sum += Math.abs(gaps[bin]!);
      return [sum / confidences.length];
    },
  };
}

import type { Split } from "../../data/dataset.ts";
import type { JudgedRun } from "../../evaluation/comparison/judgedRun.ts";
import { readPredictions } from "../../evaluation/probabilities.ts";
import type { ForwardCounts } from "../request/forwardCounts.ts";
import type { ScoredImages } from "../request/training.ts";

/** What a run says of the images of one split, which are known by their names. */
export interface RunAnswers extends Omit<JudgedRun, "seed"> {
  readonly names: readonly string[];
}

/** One method with one seed, finished: plain JSON, kept in the comparison's folder so that nothing is done twice. */
export interface MethodRun {
  readonly method: string;
  readonly seed: number;
  readonly answers: Readonly<Partial<Record<Split, RunAnswers>>>;
  readonly forwards: ForwardCounts;
  readonly seconds: Readonly<Record<string, number>>;
  readonly bytesWritten: number;
  /** Of the process, in bytes. */
  readonly peakMemory: number;
  readonly trainableParameters: number;
  readonly base: { readonly before: string; readonly after: string };
  /** Folder of the bundle, relative to the comparison's; left out where there is none. */
  readonly bundle?: string;
  readonly warnings: readonly string[];
  /** It went on where an earlier start had been stopped: time and forwards are those of the last part. */
  readonly isContinued?: true;
  readonly numericsClass: string;
}

/**
 * @param isCalibrated - Whether the probabilities are meant as such.
 */
export function answersOf(
  { samples, probabilities }: ScoredImages,
  classNames: readonly string[],
  isCalibrated: boolean,
): RunAnswers {
  const labels = samples.map(({ label }) => label);
  const predictions = readPredictions(probabilities, labels, classNames);
  return {
    names: samples.map(({ name }) => name),
    labels,
    predicted: labels.map((_, image) => predictions.predicted(image)),
    ...(isCalibrated
      ? { trueProbability: labels.map((label, image) => predictions.probability(image, label)) }
      : {}),
  };
}

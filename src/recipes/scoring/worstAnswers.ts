import type { Sample, TargetTask } from "../../data/dataset.ts";
import { targetText } from "../../data/openTargets.ts";
import { labelThreshold } from "../../evaluation/labelScores.ts";
import { crossEntropy } from "../../evaluation/probabilities.ts";
import type { WorstAnswer } from "../../evaluation/trainingReport.ts";
import { thumbnail } from "../../images/thumbnail.ts";
import { targetRows } from "../data/expectedTargets.ts";
import { momentsOf, standardized } from "../data/targetScale.ts";
import type { ScoredImages } from "../request/training.ts";

/** Pictures in the report. */
const shown = 12;

interface Judged {
  readonly sample: number;
  readonly error: number;
  readonly answer: string;
}

/** The pictures whose labels or values were missed most, worst first, each with a thumbnail. */
export async function worstAnswers(
  task: TargetTask,
  { samples, probabilities }: ScoredImages,
  names: readonly string[],
): Promise<WorstAnswer[]> {
  const judge = task === "multilabel" ? judgeLabels : judgeValues;
  const judged = judge(probabilities, samples, names)
    .sort((a, b) => b.error - a.error || a.sample - b.sample)
    .slice(0, shown);
  return await Promise.all(
    judged.map(async ({ sample, answer }) => {
      const { name, path, className } = samples[sample]!;
      const spaced = (text: string) => text.replaceAll(";", "; ");
      return { name, truth: spaced(className), answer: spaced(answer), thumbnail: await thumbnail(path) };
    }),
  );
}

/** Pictures with a wrong label, by the loss of all their labels. */
function judgeLabels(outputs: Float32Array, samples: readonly Sample[], names: readonly string[]): Judged[] {
  return samples.flatMap(({ className, targets }, sample) => {
    const row = outputs.subarray(sample * names.length, (sample + 1) * names.length);
    const answer = targetText(
      "multilabel",
      names,
      Array.from(row, (p) => Number(p > labelThreshold)),
    );
    if (answer === className) return [];
    const losses = Array.from(row, (p, label) => crossEntropy(targets![label] === 1 ? p : 1 - p));
    return [{ sample, answer, error: losses.reduce((sum, loss) => sum + loss, 0) }];
  });
}

/** Every picture, by its largest error in units of the spread. */
function judgeValues(outputs: Float32Array, samples: readonly Sample[], names: readonly string[]): Judged[] {
  const scale = momentsOf(samples, names);
  // A few pictures may all have the same value.
  const spread = { ...scale, deviations: scale.deviations.map((deviation) => deviation || 1) };
  const [said, wanted] = [standardized(outputs, spread), standardized(targetRows(samples), spread)];
  return samples.map((_, sample) => {
    const places = names.map((_, index) => sample * names.length + index);
    return {
      sample,
      error: Math.max(...places.map((place) => Math.abs(said[place]! - wanted[place]!))),
      answer: places.map((place) => String(Number(outputs[place]!.toPrecision(4)))).join(";"),
    };
  });
}

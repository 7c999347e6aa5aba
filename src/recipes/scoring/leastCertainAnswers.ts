import type { UncertainAnswer } from "../../evaluation/evaluationReport.ts";
import { leastCertain } from "../../evaluation/leastCertain.ts";
import { readPredictions } from "../../evaluation/probabilities.ts";
import { thumbnail } from "../../images/thumbnail.ts";
import { labelsOf } from "../phases/headTraining.ts";
import type { ScoredSplit } from "./scoreSplits.ts";

/** Pictures in the report. */
const shown = 12;

/** The pictures that the classifier was least sure about, each with a thumbnail. */
export async function leastCertainAnswers(
  { samples, probabilities }: ScoredSplit,
  classNames: readonly string[],
): Promise<UncertainAnswer[]> {
  const predictions = readPredictions(probabilities, labelsOf(samples), classNames);
  const answer = (sample: number, label: number) => ({
    className: classNames[label]!,
    probability: predictions.probability(sample, label),
  });
  return await Promise.all(
    leastCertain(predictions, shown).map(async ({ sample, first, second }) => {
      const { name, path, className } = samples[sample]!;
      return {
        name,
        trueClass: className,
        first: answer(sample, first),
        second: answer(sample, second),
        thumbnail: await thumbnail(path),
      };
    }),
  );
}

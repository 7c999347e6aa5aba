import { topLosses } from "../../evaluation/scores.ts";
import type { Mistake } from "../../evaluation/trainingReport.ts";
import { thumbnail } from "../../images/thumbnail.ts";
import { labelsOf } from "../phases/headTraining.ts";
import type { ScoredImages } from "../request/training.ts";

/** Pictures in the report. */
const shown = 12;

/** The pictures that the classifier was most wrong about, worst first, each with a thumbnail. */
export async function worstMistakes(
  { samples, probabilities }: ScoredImages,
  classNames: readonly string[],
): Promise<Mistake[]> {
  const wrong = topLosses(probabilities, labelsOf(samples), classNames, shown, { mistakesOnly: true });
  return await Promise.all(
    wrong.map(async ({ sample, label, predicted, probability }) => {
      const { name, path } = samples[sample]!;
      return {
        name,
        trueClass: classNames[label]!,
        predictedClass: classNames[predicted]!,
        probability,
        thumbnail: await thumbnail(path),
      };
    }),
  );
}

import type { UncertainLabel } from "../../evaluation/evaluationReport.ts";
import { labelThreshold } from "../../evaluation/labelScores.ts";
import { thumbnail } from "../../images/thumbnail.ts";
import type { ScoredImages } from "../request/training.ts";

/** Pictures in the report. */
const shown = 12;

/** The pictures with a label that could as well be there or not, each with a thumbnail. */
export async function leastCertainLabels(
  { samples, probabilities }: ScoredImages,
  names: readonly string[],
): Promise<UncertainLabel[]> {
  const nearest = samples.map((_, sample) => nearestLabel(probabilities, sample, names.length));
  const order = [...nearest.keys()].sort((a, b) => nearest[a]!.away - nearest[b]!.away || a - b);
  return await Promise.all(
    order.slice(0, shown).map(async (sample) => {
      const { label, probability } = nearest[sample]!;
      const { name, path, className } = samples[sample]!;
      return {
        name,
        label: names[label]!,
        probability,
        truth: className.replaceAll(";", "; "),
        thumbnail: await thumbnail(path),
      };
    }),
  );
}

function nearestLabel(probabilities: Float32Array, sample: number, width: number) {
  const own = Array.from({ length: width }, (_, label) => {
    const probability = probabilities[sample * width + label]!;
    return { label, probability, away: Math.abs(probability - labelThreshold) };
  });
  return own.reduce((a, b) => (b.away < a.away ? b : a));
}

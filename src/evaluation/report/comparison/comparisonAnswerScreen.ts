import { comparisonAnswer } from "../../comparison/answer.ts";
import type { ComparisonReport } from "../../comparison/comparisonReport.ts";
import { count, duration, percent, plural } from "../format.ts";
import type { Answer } from "../page/page.ts";
import { accuracyChart } from "./accuracyChart.ts";

/** The first screen: the answer in a sentence, three numbers, the picture. */
export function comparisonAnswerScreen(report: ComparisonReport): Answer {
  const { judgedBy, methods, seconds } = report;
  const { best, alike, sentence } = comparisonAnswer(report);
  const { accuracy, images } = best.scores[judgedBy]!;
  const computed = methods.reduce((sum, { cost }) => sum + cost.computed, 0);
  const avoided = methods.reduce((sum, { cost }) => sum + cost.avoided, 0);
  const runs = methods.reduce((sum, { seeds }) => sum + seeds.length, 0);
  const chart = accuracyChart(methods, {
    title: `Accuracy on the ${judgedBy} split, with 95\u202f% intervals`,
    judgedBy,
    isStrong: (method) => method === best || alike.includes(method),
    emphasis: { strong: "the best, and all that the images cannot tell from it", plain: "worse" },
  });
  return {
    sentence,
    remark: caution(report),
    numbers: [
      {
        text: percent(accuracy.value),
        value: accuracy.value,
        meaning: `${best.method} on ${plural(images, `${judgedBy} image`)}; 95\u202f% interval ${percent(accuracy.interval[0])} to ${percent(accuracy.interval[1])}`,
        tone: "right",
      },
      {
        text: count(computed),
        value: computed,
        meaning: `forwards computed for all methods and seeds; ${count(avoided)} avoided`,
      },
      {
        text: duration(seconds),
        value: seconds,
        meaning: `for ${plural(methods.length, "method")}, ${plural(runs, "run")}`,
      },
    ],
    picture: { kind: "charts", charts: [chart] },
  };
}

function caution({ judgedBy, pairs }: ComparisonReport): string {
  const images =
    judgedBy === "test"
      ? "The test images took no part in training or in any choice."
      : "There is no test split: the validation images judge, and the best of several methods looks better on them than it is.";
  if (pairs.length === 0) return images;
  return `${images} “Cannot tell” is no proof that methods are equal: each pair below says how large a difference would have shown.`;
}

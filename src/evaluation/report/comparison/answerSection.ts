import { comparisonAnswer } from "../../comparison/answer.ts";
import type { ComparisonReport } from "../../comparison/comparisonReport.ts";
import { count, duration, percent, plural } from "../format.ts";
import { type Html, html } from "../html.ts";
import { intervalChart } from "./intervalChart.ts";

/** The first screen: the answer in a sentence, three numbers, the picture. */
export function comparisonAnswerSection(report: ComparisonReport): Html {
  const { judgedBy, methods, seconds } = report;
  const { best, alike, sentence } = comparisonAnswer(report);
  const { accuracy, images } = best.scores[judgedBy]!;
  const computed = methods.reduce((sum, { cost }) => sum + cost.computed, 0);
  const avoided = methods.reduce((sum, { cost }) => sum + cost.avoided, 0);
  const shown = new Set([best, ...alike]);
  return html`<section class="answer"><div>
<p class="sentence">${sentence}</p>
<p class="muted">${caution(report)}</p>
<dl class="three">
<div><dt>${best.method} on ${plural(images, `${judgedBy} image`)}; 95${"\u202f"}% interval ${percent(accuracy.interval[0])} to ${percent(accuracy.interval[1])}</dt><dd class="right">${percent(accuracy.value)}</dd></div>
<div><dt>forwards computed for all methods and seeds; ${count(avoided)} avoided</dt><dd>${count(computed)}</dd></div>
<div><dt>for ${plural(methods.length, "method")}, ${plural(runsOf(report), "run")}</dt><dd>${duration(seconds)}</dd></div>
</dl></div>
<div>${intervalChart({
    title: `Accuracy on the ${judgedBy} split, with 95 % intervals`,
    unit: "percent",
    rows: methods.map((method) => {
      const scores = method.scores[judgedBy]!;
      return {
        label: method.method,
        value: scores.accuracy.value,
        interval: scores.accuracy.interval,
        tone: shown.has(method) ? "strong" : "plain",
      };
    }),
  })}
<p class="muted small">Filled: the best, and all that the images cannot tell from it.</p></div></section>`;
}

function runsOf({ methods }: ComparisonReport): number {
  return methods.reduce((sum, { seeds }) => sum + seeds.length, 0);
}

function caution({ judgedBy, pairs }: ComparisonReport): string {
  const images =
    judgedBy === "test"
      ? "The test images took no part in training or in any choice."
      : "There is no test split: the validation images judge, and the best of several methods looks better on them than it is.";
  if (pairs.length === 0) return images;
  return `${images} “Cannot tell” is no proof that methods are equal: each pair below says how large a difference would have shown.`;
}

import type { ComparisonReport, PairSummary } from "../../comparison/comparisonReport.ts";
import type { Estimate } from "../../statistics/pairedEffect.ts";
import { pText } from "../../statistics/verdict.ts";
import { count } from "../format.ts";
import { type Html, html } from "../html.ts";
import { intervalChart } from "./intervalChart.ts";

/** More pairs than this make a picture that nobody reads; the table has all. */
const mostDrawn = 15;
/** More sentences than this are folded away. */
const mostSentences = 6;

/** What the same images say of every two methods. */
export function pairsSection(report: ComparisonReport): Html | undefined {
  const { pairs, judgedBy } = report;
  if (pairs.length === 0) return undefined;
  const sorted = [...pairs].sort((a, b) => a.corrected - b.corrected);
  const drawn = sorted.slice(0, mostDrawn);
  return html`<section class="long"><h2>Which differences the images show</h2>
<ul class="verdicts">${sorted.slice(0, mostSentences).map(sentenceItem)}</ul>
${
  sorted.length > mostSentences
    ? html`<details><summary>The other ${sorted.length - mostSentences} pairs</summary><ul class="verdicts">${sorted.slice(mostSentences).map(sentenceItem)}</ul></details>`
    : undefined
}
${intervalChart({
  title: `Difference of accuracy (first minus second, in points), 95 % intervals over images and seeds${sorted.length > mostDrawn ? `; the ${mostDrawn} surest` : ""}`,
  unit: "points",
  zero: true,
  rows: drawn.map(({ first, second, difference, verdict }) => ({
    label: `${first} − ${second}`,
    ...difference,
    tone: verdict === "better" || verdict === "worse" ? "strong" : "plain",
  })),
})}
<p class="muted small gap">McNemar's mid-p test of each pair of runs, seeds put together by twice the median, corrected for ${pairs.length} comparisons (Holm).
Only first, only second: images that just one of them has right, in the first pair of runs. Would show: the smallest difference found with a chance of 80${"\u202f"}%. Images needed: for the difference seen.</p>
<div class="scroll"><table class="list wider"><caption>Every two methods on the same ${count(pairs[0]!.images)} ${judgedBy} images</caption>
<thead><tr><th scope="col">pair</th><th scope="col" class="number">difference, points</th><th scope="col" class="number">95 % interval</th><th scope="col" class="number">only first</th><th scope="col" class="number">only second</th>
<th scope="col" class="number">odds ratio</th><th scope="col" class="number">Cohen's g</th><th scope="col" class="number">p</th><th scope="col" class="number">corrected</th><th scope="col" class="number">would show</th><th scope="col" class="number">images needed</th></tr></thead>
<tbody>${sorted.map(pairRow)}</tbody></table></div></section>`;
}

function sentenceItem({ sentence, verdict }: PairSummary): Html {
  return html`<li class="${verdict}">${sentence}</li>\n`;
}

function pairRow(pair: PairSummary): Html {
  const { first, second, difference, onlyFirst, onlySecond, p, corrected, detectable, imagesNeeded } = pair;
  const cell = (text: string) => html`<td class="number">${text}</td>`;
  return html`<tr><th scope="row">${first} − ${second}</th>${cell(points(difference.value))}${cell(difference.interval.map(points).join(" to "))}
${cell(count(onlyFirst))}${cell(count(onlySecond))}${cell(estimateText(pair.oddsRatio))}${cell(estimateText(pair.cohensG))}${cell(pText(p))}${cell(pText(corrected))}
${cell(points(detectable))}${cell(imagesNeeded === null ? "none would" : count(imagesNeeded))}</tr>\n`;
}

function estimateText(estimate: Estimate | null): string {
  if (estimate === null) return "none";
  const show = (value: number | null) => (value === null || !Number.isFinite(value) ? "∞" : value.toFixed(2));
  const [low, high] = estimate.interval;
  return `${show(estimate.value)} (${show(low)} to ${show(high)})`.replaceAll("-", "−");
}

function points(share: number): string {
  return (100 * share)
    .toFixed(1)
    .replace(/^-0\.0$/, "0.0")
    .replace("-", "−");
}

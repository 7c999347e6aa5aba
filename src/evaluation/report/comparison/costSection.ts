import type { ComparisonReport, MethodSummary } from "../../comparison/comparisonReport.ts";
import { count, duration } from "../format.ts";
import { type Html, html } from "../html.ts";

/** Phases in the order in which bars show them; all others are the rest. */
const phases = ["features", "train", "pretrain"] as const;

/** Where the time went, how often the base ran, and whether it stayed as it was. */
export function costSection({ methods }: ComparisonReport): Html {
  const longest = Math.max(...methods.map(totalSeconds), 1e-9);
  return html`<section class="long"><h2>What it took</h2>
<p>All methods share one store: what an earlier run has computed, a later one finds. Computed and reused together are what a method takes with an empty store.</p>
<p class="keys"><span><i class="part1"></i>forwards through the frozen part</span><span><i class="part2"></i>training</span><span><i class="part3"></i>pretraining</span><span><i class="part4"></i>the rest</span></p>
<div class="scroll"><table class="list wider"><caption>Sums over the runs of a method</caption>
<thead><tr><th scope="col">method</th><th scope="col">where the time went</th><th scope="col" class="number">time</th><th scope="col" class="number">computed</th><th scope="col" class="number">reused</th><th scope="col" class="number">avoided</th>
<th scope="col" class="number">stored</th><th scope="col" class="number">peak memory</th><th scope="col" class="number">trained parameters</th><th scope="col">base, before and after</th></tr></thead>
<tbody>${methods.map((method) => costRow(method, longest))}</tbody></table></div></section>`;
}

function costRow(summary: MethodSummary, longest: number): Html {
  const { method, cost } = summary;
  return html`<tr><th scope="row" class="method">${method}</th><td>${timeBar(summary, longest)}</td><td class="number">${duration(totalSeconds(summary))}</td>
<td class="number">${count(cost.computed)}</td><td class="number">${count(cost.reused)}</td><td class="number">${count(cost.avoided)}</td><td class="number">${mebibytes(cost.bytesWritten)}</td>
<td class="number">${mebibytes(cost.peakMemory)}</td><td class="number">${count(cost.trainableParameters)}</td><td>${digests(cost.base)}</td></tr>\n`;
}

function timeBar(summary: MethodSummary, longest: number): Html {
  const { seconds } = summary.cost;
  const known = phases.map((phase) => seconds[phase] ?? 0);
  const rest = totalSeconds(summary) - known.reduce((sum, each) => sum + each, 0);
  return html`<span class="bars" aria-hidden="true">${[...known, rest].map(
    (part, at) => html`<i class="part${at + 1}" style="width:${((100 * part) / longest).toFixed(1)}%"></i>`,
  )}</span>`;
}

export function totalSeconds({ cost }: MethodSummary): number {
  return Object.values(cost.seconds).reduce((sum, each) => sum + each, 0);
}

/** The first characters of digests are enough to compare them by eye; the JSON has all. */
function digests({ before, after }: MethodSummary["cost"]["base"]): Html {
  const short = (digest: string) => html`<code>${digest.slice(0, 8)}</code>`;
  return before === after ? html`${short(before)}, unchanged` : html`${short(before)} became ${short(after)}`;
}

function mebibytes(bytes: number): string {
  return bytes === 0 ? "0" : `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 * 10 ? 1 : 0)} MiB`;
}

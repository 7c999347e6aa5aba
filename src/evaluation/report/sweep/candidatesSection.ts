import { pText } from "../../statistics/verdict.ts";
import type { SweepCandidate, SweepReport } from "../../sweep/sweepReport.ts";
import { decimal, percent } from "../format.ts";
import { type Html, html } from "../html.ts";

/** More rows than this are for the JSON and the CSV. */
const mostRows = 200;

/** All candidates, best first. */
export function candidatesSection({ candidates, epochs }: SweepReport): Html {
  const rest = candidates.length - mostRows;
  return html`<section class="long"><h2>Candidate by candidate</h2>
<p class="muted small">Accuracy over all images, each judged by a head that was not trained on it. From the best: McNemar's mid-p test on the same images, corrected for the number of candidates (Holm); “noise” where the images cannot tell.</p>
<div class="scroll"><table class="list wider"><caption class="hidden">Candidates of the sweep</caption>
<thead><tr><th scope="col">head</th><th scope="col">optimizer</th><th scope="col" class="number">learning rate</th><th scope="col">augment</th><th scope="col">cut</th><th scope="col" class="number">accuracy</th><th scope="col" class="number">folds</th>
<th scope="col" class="number">loss</th><th scope="col" class="number">from the best, points</th><th scope="col" class="number">p, corrected</th><th scope="col"></th></tr></thead>
<tbody>${candidates.slice(0, mostRows).map((candidate) => candidateRow(candidate, epochs))}</tbody></table></div>
${rest > 0 ? html`<p class="small">and ${rest} more in sweep.json and sweep.csv.</p>` : undefined}</section>`;
}

function candidateRow(candidate: SweepCandidate, epochs: number): Html {
  const { settings, accuracy, interval, perFold, loss, fromBest } = candidate;
  return html`<tr><th scope="row">${settings.head}</th><td>${settings.optimizer}</td><td class="number">${decimal(settings.learningRate)}</td><td>${settings.augment}</td><td>${settings.cut ?? "end"}</td>
<td class="number">${percent(accuracy)}<small>${percent(interval[0])} to ${percent(interval[1])}</small></td><td class="number">${foldRange(perFold)}</td><td class="number">${decimal(loss)}</td>
<td class="number">${fromBest === undefined ? "" : (100 * fromBest.difference).toFixed(1).replace("-", "−")}</td><td class="number">${fromBest === undefined ? "" : pText(fromBest.corrected)}</td><td>${remark(candidate, epochs)}</td></tr>\n`;
}

function foldRange(perFold: readonly number[]): string {
  if (perFold.length === 0) return "none";
  return `${percent(Math.min(...perFold))} to ${percent(Math.max(...perFold))}`;
}

function remark({ fromBest, failure, epochs }: SweepCandidate, all: number): string {
  if (failure !== undefined) return "diverged";
  if (epochs < all) return `stopped after ${epochs} epochs`;
  if (fromBest === undefined) return "";
  if (fromBest.difference === 0 && fromBest.corrected === 1) return "best";
  return fromBest.isNoise ? "noise" : "worse";
}

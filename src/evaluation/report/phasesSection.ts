import type { ReportedPhase, TrainingReport } from "../trainingReport.ts";
import { count } from "./format.ts";
import { type Html, html } from "./html.ts";

/** Which layers were trained in which epochs, and the proof that the others were not. */
export function phasesSection({ phases }: TrainingReport): Html {
  return html`<section class="long"><h2>What was trained</h2>
<div class="scroll"><table class="list"><caption>The list is the optimizer's own. SHA-256 over all weights that were to stay as they are, before and after.</caption>
<thead><tr><th scope="col">phase</th><th scope="col">epochs</th><th scope="col" class="number">learning rate</th><th scope="col">trained</th>
<th scope="col" class="number">parameters</th><th scope="col">frozen weights</th><th scope="col">base</th></tr></thead><tbody>${phases.map(phaseRow)}</tbody></table></div></section>`;
}

function phaseRow(phase: ReportedPhase): Html {
  const { name, firstEpoch, epochs, learningRate, frozen, base } = phase;
  return html`<tr><th scope="row">${name}</th><td>${firstEpoch} to ${firstEpoch + epochs - 1}</td><td class="number">${learningRate}</td>
<td>${phase.trained}</td><td class="number">${count(phase.trainedParameters)}</td><td>${compared(frozen)}</td><td>${compared(base)}</td></tr>\n`;
}

/** The first characters of digests are enough to compare them by eye; the bundle has all. */
function compared({ before, after }: ReportedPhase["frozen"]): Html {
  const short = (digest: string) => html`<code>${digest.slice(0, 8)}</code>`;
  return before === after ? html`${short(before)}, unchanged` : html`${short(before)} became ${short(after)}`;
}

import { shortSettings, sweepAnswer } from "../../sweep/sweepAnswer.ts";
import type { SweepReport } from "../../sweep/sweepReport.ts";
import { comparisonStyle } from "../comparison/comparisonStyle.ts";
import { intervalChart } from "../comparison/intervalChart.ts";
import { remarksSection } from "../comparison/remarksSection.ts";
import { count, duration, percent, plural } from "../format.ts";
import { type Html, html } from "../html.ts";
import { renderPage } from "../page.ts";
import { candidatesSection } from "./candidatesSection.ts";
import { parallelCoordinates } from "./parallelCoordinates.ts";
import { sweepStyle } from "./sweepStyle.ts";

/** Rows of the picture on the first screen. */
const shown = 8;

/** The page about a sweep, in one file. */
export function renderSweep(report: SweepReport): string {
  const date = report.created.slice(0, 16).replace("T", " ");
  return renderPage({
    title: `${report.title}: sweep`,
    heading: report.title,
    subtitle: `${plural(report.candidates.length, "head")} by ${report.folds}-fold cross-validation, ${date} UTC. Classes: ${report.classNames.slice(0, 12).join(", ")}.`,
    sections: [
      answerSection(report),
      settingsSection(report),
      candidatesSection(report),
      remarksSection({ remarks: report.remarks, leftOut: [] }),
      recipeSection(report),
    ],
    footer: `Written by permafrost ${report.versions["permafrost"]}. This page holds all it shows and loads nothing.`,
    extraStyle: comparisonStyle + sweepStyle,
  });
}

function answerSection(report: SweepReport): Html {
  const { candidates, unbiased, test, images, forwards, seconds } = report;
  const { best, sentence } = sweepAnswer(report);
  const optimism = (100 * unbiased.optimism).toFixed(1).replace("-", "−");
  return html`<section class="answer"><div>
<p class="sentence">${sentence}</p>
<p class="muted">The best of many looks better on the images that it was chosen by: here by about ${optimism} points. ${
    test === undefined
      ? "There is no test split that could measure it."
      : "The test images took no part in the choice and were asked once, about this candidate alone."
  }</p>
<dl class="three">
<div><dt>of the best in cross-validation on ${plural(images, "image")}; 95${"\u202f"}% interval ${percent(best.interval[0])} to ${percent(best.interval[1])}</dt><dd class="right">${percent(best.accuracy)}</dd></div>
<div><dt>${test === undefined ? "to expect on new images, the choice allowed for" : `on ${plural(test.images, "test image")}, asked once`}</dt><dd>${percent(test?.accuracy ?? unbiased.accuracy)}</dd></div>
<div><dt>${plural(forwards.computed, "forward")} computed, ${count(forwards.reused)} reused</dt><dd>${duration(seconds)}</dd></div>
</dl></div>
<div>${intervalChart({
    title: `The first ${Math.min(shown, candidates.length)}, with 95 % intervals`,
    unit: "percent",
    rows: candidates.slice(0, shown).map((candidate) => ({
      label: shortSettings(candidate, candidates),
      value: candidate.accuracy,
      interval: candidate.interval,
      tone: candidate.fromBest?.isNoise === true ? "strong" : "plain",
    })),
  })}<p class="muted small">Filled: cannot be told from the best.</p></div></section>`;
}

function settingsSection(report: SweepReport): Html | undefined {
  const picture = parallelCoordinates(report);
  return (
    picture &&
    html`<section><h2>Which settings do well</h2><p class="muted small">One line a candidate, from setting to setting to its accuracy. Strong lines cannot be told from the best.</p>${picture}</section>`
  );
}

function recipeSection(report: SweepReport): Html {
  const { command, base, epochs, batchSize, search, seed, samples, versions, numericsClass } = report;
  const facts: [string, string][] = [
    [
      "Images",
      Object.entries(samples)
        .map(([split, images]) => `${count(images)} ${split}`)
        .join(", "),
    ],
    ["Base network", base],
    ["Search", search],
    ["Epochs", String(epochs)],
    ["Batch size", String(batchSize)],
    ["Seed", String(seed)],
    [
      "Versions",
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ["Numerics class", numericsClass],
  ];
  return html`<section><h2>How to do it again</h2><pre>${command}</pre>
<dl class="facts">${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>\n`)}</dl></section>`;
}

import type { ComparisonReport } from "../../comparison/comparisonReport.ts";
import { count } from "../format.ts";
import { type Html, html } from "../html.ts";

/** What was left out, and what else to know. */
export function remarksSection({
  leftOut,
  remarks,
}: Pick<ComparisonReport, "leftOut" | "remarks">): Html | undefined {
  if (leftOut.length === 0 && remarks.length === 0) return undefined;
  return html`<section><h2>Worth knowing</h2>
${remarks.length === 0 ? undefined : html`<ul class="plain">${remarks.map((remark) => html`<li>${remark}</li>`)}</ul>`}
${leftOut.length === 0 ? undefined : html`<p><strong>Left out</strong></p><ul class="plain">${leftOut.map(({ method, reason }) => html`<li>${method}: ${reason}</li>`)}</ul>`}</section>`;
}

/** Everything one needs to do it again. */
export function settingsSection(report: ComparisonReport): Html {
  const { command, base, settings, samples, numericsClass, versions } = report;
  const facts: [string, string][] = [
    [
      "Images",
      Object.entries(samples)
        .map(([split, images]) => `${count(images)} ${split}`)
        .join(", "),
    ],
    ["Base network", `${base.name}, weights SHA-256 ${base.weightsDigest}`],
    ...Object.entries(settings).map(([name, value]): [string, string] => [name, String(value)]),
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

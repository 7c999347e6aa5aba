import type { ComparisonReport, MethodSummary } from "../../comparison/comparisonReport.ts";
import { type ThreadFinding, threadFindings } from "../../comparison/threadFindings.ts";
import { percent } from "../format.ts";
import { type Html, html } from "../html.ts";
import { intervalChart } from "./intervalChart.ts";

/** The thread explained: each question with the answer of this run's numbers. */
export function threadSections(report: ComparisonReport): readonly Html[] {
  return [
    ...threadFindings(report).map((finding) => findingSection(report, finding)),
    ...[preprocessingGrid(report)].filter((section) => section !== undefined),
  ];
}

function findingSection(report: ComparisonReport, { question, answer, methods }: ThreadFinding): Html {
  const shown = report.methods.filter(({ method }) => methods.includes(method));
  return html`<section><h2>${question}</h2><p>${answer}</p>
${
  shown.length < 2
    ? undefined
    : intervalChart({
        title: `Accuracy on the ${report.judgedBy} split, with 95 % intervals over images`,
        unit: "percent",
        rows: shown.map((method) => ({
          label: method.method,
          ...method.scores[report.judgedBy]!.accuracy,
          tone: "strong",
        })),
      })
}</section>`;
}

const gridRows = [
  { preprocessing: "what the base was trained on", suffix: "" },
  { preprocessing: "divided by 255 only", suffix: "+rescale" },
] as const;
const gridColumns = [
  { augmentation: "none", freeze: "really frozen", method: "fast" },
  { augmentation: "fresh views", freeze: "really frozen", method: "fresh" },
  { augmentation: "none", freeze: "leaking", method: "leaking-freeze+plain" },
  { augmentation: "fresh views", freeze: "leaking", method: "leaking-freeze" },
] as const;

/** Preprocessing x augmentation x really frozen or leaking. */
function preprocessingGrid(report: ComparisonReport): Html | undefined {
  const of = (name: string) => report.methods.find(({ method }) => method === name);
  const cells = gridRows.map(({ suffix }) => gridColumns.map(({ method }) => of(method + suffix)));
  if (cells.flat().filter((cell) => cell !== undefined).length < 4) return undefined;
  return html`<section class="long"><h2>All at once: preprocessing, augmentation, freezing</h2>
<div class="scroll"><table class="list wider"><caption>Accuracy on the ${report.judgedBy} split with its 95 % interval</caption>
<thead><tr><th scope="col">the base, the training images</th>${gridRows.map(({ preprocessing }) => html`<th scope="col" class="number">pixels ${preprocessing}</th>`)}</tr></thead>
<tbody>${gridColumns.map(
    ({ augmentation, freeze }, column) =>
      html`<tr><th scope="row">${freeze}, ${augmentation === "none" ? "as they are" : augmentation}</th>${cells.map((row) => gridCell(row[column], report))}</tr>\n`,
  )}</tbody></table></div></section>`;
}

function gridCell(method: MethodSummary | undefined, { judgedBy }: ComparisonReport): Html {
  if (method === undefined) return html`<td class="number">not run</td>`;
  const { value, interval } = method.scores[judgedBy]!.accuracy;
  return html`<td class="number">${percent(value)}<small>${percent(interval[0])} to ${percent(interval[1])}</small></td>`;
}

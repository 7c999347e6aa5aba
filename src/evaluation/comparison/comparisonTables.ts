import type { Interval } from "../interval.ts";
import { csvText } from "../report/csv.ts";
import { comparisonAnswer } from "./answer.ts";
import type { ComparisonReport, MethodSummary } from "./comparisonReport.ts";
import { threadFindings } from "./threadFindings.ts";

/** One line a method: all its numbers, for spreadsheets. */
export function comparisonCsv(report: ComparisonReport): string {
  return csvText(report.methods.map(csvRow));
}

function csvRow({ method, seeds, scores, cost }: MethodSummary): Record<string, string | number> {
  const row: Record<string, string | number> = { method, runs: seeds.length };
  for (const [split, judged] of Object.entries(scores)) {
    row[`${split}_images`] = judged.images;
    const { accuracy, macroF1, loss, overSeeds } = judged;
    for (const [name, estimate] of Object.entries({ accuracy, macro_f1: macroF1, loss })) {
      if (estimate === null) continue;
      row[`${split}_${name}`] = estimate.value;
      row[`${split}_${name}_low`] = estimate.interval[0];
      row[`${split}_${name}_high`] = estimate.interval[1];
    }
    if (overSeeds.deviation !== null) row[`${split}_accuracy_seed_deviation`] = overSeeds.deviation;
  }
  const { seconds, base, ...counts } = cost;
  for (const [name, value] of Object.entries(counts)) row[name] = value;
  for (const [phase, value] of Object.entries(seconds)) row[`seconds_${phase}`] = value;
  return { ...row, base_before: base.before, base_after: base.after };
}

/** The comparison as text for a README or an issue. */
export function comparisonMarkdown(report: ComparisonReport): string {
  const { judgedBy, methods, pairs, leftOut, remarks, command } = report;
  const lines = [
    `# ${report.title}: methods side by side`,
    "",
    comparisonAnswer(report).sentence,
    "",
    `| method | accuracy (${judgedBy}), 95 % interval over images | over seeds | macro F1 | forwards computed | reused | avoided | seconds |`,
    "|---|---|---|---|---|---|---|---|",
    ...methods.map((method) => `| ${markdownCells(method, report).join(" | ")} |`),
    "",
    ...threadFindings(report).flatMap(({ question, answer }) => [`## ${question}`, "", answer, ""]),
    "## Which differences the images show",
    "",
    ...pairs.map(({ sentence }) => `- ${sentence}`),
    ...(leftOut.length === 0 ? [] : ["", "## Left out", ""]),
    ...leftOut.map(({ method, reason }) => `- ${method}: ${reason}`),
    ...(remarks.length === 0 ? [] : ["", "## Worth knowing", ""]),
    ...remarks.map((remark) => `- ${remark}`),
    "",
    "```",
    command,
    "```",
  ];
  return `${lines.join("\n")}\n`;
}

function markdownCells({ method, scores, cost }: MethodSummary, { judgedBy }: ComparisonReport): string[] {
  const { accuracy, overSeeds, macroF1 } = scores[judgedBy]!;
  const seconds = Object.values(cost.seconds).reduce((sum, each) => sum + each, 0);
  const spread =
    overSeeds.deviation === null
      ? "one run"
      : `${overSeeds.runs} runs, deviation ${(100 * overSeeds.deviation).toFixed(2)} points`;
  return [
    method,
    `${percent(accuracy.value)} (${range(accuracy.interval)})`,
    spread,
    macroF1.value.toFixed(3),
    String(cost.computed),
    String(cost.reused),
    String(cost.avoided),
    seconds.toFixed(1),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function range([low, high]: Interval): string {
  return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}`;
}

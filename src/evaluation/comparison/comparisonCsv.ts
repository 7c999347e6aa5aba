import { csvRecords } from "../../data/csvText.ts";
import type { ComparisonReport, MethodSummary } from "./comparisonReport.ts";

/** One line a method: all its numbers, for spreadsheets. */
export function comparisonCsv(report: ComparisonReport): string {
  return csvRecords(report.methods.map(csvRow));
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

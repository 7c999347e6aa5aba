import path from "node:path";
import { writeFileAtomic } from "../../base/files.ts";
import type { ComparisonReport } from "../../evaluation/comparison/comparisonReport.ts";
import { comparisonCsv, comparisonMarkdown } from "../../evaluation/comparison/comparisonTables.ts";
import { renderComparison } from "../../evaluation/report/comparison/renderComparison.ts";
import type { ComparisonResult } from "./comparisonRequest.ts";

/** Writes the page and the tables of a comparison. */
export async function saveComparison(
  folder: string,
  report: ComparisonReport,
): Promise<ComparisonResult["files"]> {
  const files = {
    page: path.join(folder, "report.html"),
    json: path.join(folder, "comparison.json"),
    csv: path.join(folder, "comparison.csv"),
    markdown: path.join(folder, "comparison.md"),
  };
  await writeFileAtomic(files.page, renderComparison(report));
  await writeFileAtomic(files.json, `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFileAtomic(files.csv, comparisonCsv(report));
  await writeFileAtomic(files.markdown, comparisonMarkdown(report));
  return files;
}

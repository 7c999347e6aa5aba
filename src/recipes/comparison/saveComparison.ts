import path from "node:path";
import { writeFileAtomic } from "../../base/files.ts";
import { comparisonCsv } from "../../evaluation/comparison/comparisonCsv.ts";
import type { ComparisonReport } from "../../evaluation/comparison/comparisonReport.ts";
import { comparisonPage } from "../../evaluation/report/comparison/comparisonPage.ts";
import { savePage, savePageIn } from "../pages/savePage.ts";
import type { ComparisonResult } from "./comparisonRequest.ts";

/** Writes the page and the tables of a comparison. */
export async function saveComparison(
  folder: string,
  report: ComparisonReport,
): Promise<ComparisonResult["files"]> {
  const files = {
    json: path.join(folder, "comparison.json"),
    csv: path.join(folder, "comparison.csv"),
    markdown: path.join(folder, "comparison.md"),
  };
  const page = comparisonPage(report);
  await writeFileAtomic(files.json, `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFileAtomic(files.csv, comparisonCsv(report));
  await savePage(page, files.markdown);
  return { ...(await savePageIn(folder, page)), ...files };
}

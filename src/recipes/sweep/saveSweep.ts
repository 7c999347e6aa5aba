import path from "node:path";
import { writeFileAtomic } from "../../base/files.ts";
import { renderSweep } from "../../evaluation/report/sweep/renderSweep.ts";
import type { SweepReport } from "../../evaluation/sweep/sweepReport.ts";
import { sweepCsv, sweepMarkdown } from "../../evaluation/sweep/sweepTables.ts";
import type { SweepResult } from "./sweepRequest.ts";

/** Writes the page and the tables of a sweep. */
export async function saveSweep(folder: string, report: SweepReport): Promise<SweepResult["files"]> {
  const files = {
    page: path.join(folder, "report.html"),
    json: path.join(folder, "sweep.json"),
    csv: path.join(folder, "sweep.csv"),
    markdown: path.join(folder, "sweep.md"),
  };
  await writeFileAtomic(files.page, renderSweep(report));
  await writeFileAtomic(files.json, `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFileAtomic(files.csv, sweepCsv(report));
  await writeFileAtomic(files.markdown, sweepMarkdown(report));
  return files;
}

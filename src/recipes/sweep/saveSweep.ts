import path from "node:path";
import { writeFileAtomic } from "../../base/files.ts";
import { sweepPage } from "../../evaluation/report/sweep/sweepPage.ts";
import { sweepCsv } from "../../evaluation/sweep/sweepCsv.ts";
import type { SweepReport } from "../../evaluation/sweep/sweepReport.ts";
import { savePage, savePageIn } from "../pages/savePage.ts";
import type { SweepResult } from "./sweepRequest.ts";

/** Writes the page and the tables of a sweep. */
export async function saveSweep(folder: string, report: SweepReport): Promise<SweepResult["files"]> {
  const files = {
    json: path.join(folder, "sweep.json"),
    csv: path.join(folder, "sweep.csv"),
    markdown: path.join(folder, "sweep.md"),
  };
  const page = sweepPage(report);
  await writeFileAtomic(files.json, `${JSON.stringify(report, undefined, 2)}\n`);
  await writeFileAtomic(files.csv, sweepCsv(report));
  await savePage(page, files.markdown);
  return { ...(await savePageIn(folder, page)), ...files };
}

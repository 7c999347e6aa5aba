import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { PermafrostError, systemCode } from "../base/errors.ts";
import type { Page } from "../evaluation/report/page/page.ts";
import { readPage } from "../evaluation/report/page/readPage.ts";
import { manifestName } from "../saving/manifest.ts";
import { checkPagePlace, pageFiles, savePage } from "./pages/savePage.ts";

export interface ReportRequest {
  /** A bundle, the folder of another job that left a page (a comparison, a sweep, a review), or the page's data (report.json). */
  readonly place: string;
  /** Where it goes: .html, .md, .csv or .json. Default: report.html beside the data, or `<bundle>-report.html` beside a bundle. */
  readonly out?: string;
}

/**
 * Makes a page again from its data.
 *
 * @throws PermafrostError NOT_FOUND where there are no data; DATA_INVALID for data that are no page.
 */
export async function rebuildReport({
  place,
  out,
}: ReportRequest): Promise<{ readonly page: Page; readonly file: string }> {
  const source = await dataOf(place);
  const page = readPage(await readData(source.file, place), source.file);
  const file = out ?? source.out;
  await checkPagePlace(file);
  await savePage(page, file);
  return { page, file };
}

async function dataOf(place: string): Promise<{ readonly file: string; readonly out: string }> {
  if (!(await isFolder(place))) {
    const { dir, name } = path.parse(place);
    return { file: place, out: path.join(dir, `${name}.html`) };
  }
  const isBundle = await stat(path.join(place, manifestName)).then(
    () => true,
    () => false,
  );
  const file = path.join(place, pageFiles.data);
  // A bundle holds digests of its files: nothing in it is changed.
  const folder = path.resolve(place);
  return {
    file,
    out: isBundle
      ? path.join(path.dirname(folder), `${path.basename(folder)}-report.html`)
      : path.join(place, pageFiles.page),
  };
}

async function isFolder(place: string): Promise<boolean> {
  const facts = await stat(place).catch(() => undefined);
  return facts?.isDirectory() === true;
}

async function readData(file: string, place: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    throw new PermafrostError(
      "NOT_FOUND",
      `${place}: expected a page's data (${pageFiles.data}), found none. Give a bundle that train wrote, the folder of compare, sweep, review or explain, or the .json that --report made; bundles of earlier versions hold a report.html only.`,
      { details: { path: file }, cause: error },
    );
  }
}

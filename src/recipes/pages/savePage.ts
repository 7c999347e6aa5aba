import { stat } from "node:fs/promises";
import path from "node:path";
import { PermafrostError } from "../../base/errors.ts";
import { writeFileAtomic } from "../../base/files.ts";
import type { Page } from "../../evaluation/report/page/page.ts";
import { pageCsv } from "../../evaluation/report/page/pageCsv.ts";
import { pageMarkdown } from "../../evaluation/report/page/pageMarkdown.ts";
import { renderPage } from "../../evaluation/report/page/renderPage.ts";

const writers = {
  ".html": renderPage,
  ".md": pageMarkdown,
  ".csv": pageCsv,
  ".json": (page: Page) => `${JSON.stringify(page)}\n`,
} as const satisfies Readonly<Record<string, (page: Page) => string>>;

/** A page and its data in a bundle, or in the folder of another job: `permafrost report` looks for them. */
export const pageFiles = { page: "report.html", data: "report.json" } as const;

/** The forms of a page by the ends of file names. */
export const pageForms = Object.keys(writers);

/**
 * Whether a page can be written to a file of that name; call it before long work.
 *
 * @throws PermafrostError INVALID_ARGUMENT for another form, OUTPUT_EXISTS for a folder.
 */
export async function checkPagePlace(file: string): Promise<void> {
  writerOf(file);
  const facts = await stat(file).catch(() => undefined);
  if (facts?.isDirectory() !== true) return;
  throw new PermafrostError(
    "OUTPUT_EXISTS",
    `${file}: expected the name of a file for the page, found a folder. Give ${path.join(file, "report.html")}, for example.`,
    { details: { path: file } },
  );
}

/** Writes a page as its file name ends: .html, .md, .csv or .json. An earlier file is replaced. */
export async function savePage(page: Page, file: string): Promise<void> {
  const write = writerOf(file);
  await writeFileAtomic(file, write(page));
}

/** Writes a page and its data into a folder; says where they are. */
export async function savePageIn(
  folder: string,
  page: Page,
): Promise<{ readonly page: string; readonly data: string }> {
  const files = { page: path.join(folder, pageFiles.page), data: path.join(folder, pageFiles.data) };
  await savePage(page, files.data);
  await savePage(page, files.page);
  return files;
}

function writerOf(file: string): (page: Page) => string {
  const form = path.extname(file).toLowerCase();
  if (Object.hasOwn(writers, form)) return writers[form as keyof typeof writers];
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${file}: expected a page's file name to end in ${pageForms.join(", ")}, got ${JSON.stringify(form)}.`,
    { details: { path: file } },
  );
}

import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { compareCodePoints } from "./codePoints.ts";
import type { Dataset, Sample, Split } from "./dataset.ts";
import { invalidRow, readManifest, requireFiles } from "./manifestFile.ts";
import { type ManifestRow, ManifestSyntaxError, readCsvRows, readJsonRows } from "./manifestRows.ts";
import { quote } from "./problems.ts";
import { type Contradiction, dropRepeats } from "./repeatedRows.ts";
import { splitAndWeight } from "./splitAndWeight.ts";

/** A row whose values are checked. */
interface Entry {
  readonly line: number;
  readonly path: string;
  readonly label: string;
  readonly split: Split | undefined;
  readonly weight: number;
}

/** Whether a file's name is that of a manifest. */
export function isManifestName(file: string): boolean {
  return [".csv", ".jsonl", ".ndjson"].includes(path.extname(file).toLowerCase());
}

/**
 * Reads a list of images: CSV or JSON-lines (.jsonl, .ndjson) with the columns `path,label[,split][,weight]`. Paths are
 * relative to the manifest's folder. The same file with the same label and split twice is kept once, with a note.
 *
 * @throws PermafrostError MANIFEST_INVALID with the line; DATA_EMPTY without rows; NOT_FOUND, NOT_READABLE.
 */
export async function openManifest(manifest: string): Promise<Dataset> {
  const root = path.dirname(manifest);
  const text = await readManifest(manifest);
  const entries = parseRows(manifest, text).map((row) => checkedEntry(manifest, root, row));
  if (entries.length === 0) {
    const details = { path: manifest };
    throw new PermafrostError("DATA_EMPTY", `${manifest}: lists no images. Add one row an image.`, {
      details,
    });
  }
  const { kept, notes } = dropRepeats(manifest, entries, contradiction);
  await requireFiles(manifest, root, kept);
  const classNames = [...new Set(kept.map(({ label }) => label))].sort(compareCodePoints);
  const labels = new Map(classNames.map((name, label) => [name, label]));
  const samples = kept.map(
    ({ path: file, label, split, weight }): Sample => ({
      path: file,
      name: path.relative(root, file).split(path.sep).join("/"),
      label: labels.get(label)!,
      className: label,
      ...(split && { split }),
      weight,
    }),
  );
  const ignored = { hidden: 0, notImages: [] };
  return { root, layout: "manifest", classNames, samples, skipped: [], ignored, notes };
}

function parseRows(manifest: string, text: string): ManifestRow[] {
  try {
    return path.extname(manifest).toLowerCase() === ".csv" ? readCsvRows(text) : readJsonRows(text);
  } catch (error) {
    if (error instanceof ManifestSyntaxError) throw invalidRow(manifest, error.line, error.message);
    throw error;
  }
}

function checkedEntry(manifest: string, root: string, row: ManifestRow): Entry {
  const fail = (message: string) => invalidRow(manifest, row.line, message);
  if (row.path === "") throw fail("the path is empty");
  if (row.label === "") throw fail(`the label of ${quote(row.path)} is empty`);
  const { split, weight } = splitAndWeight(row, fail);
  return { line: row.line, path: path.resolve(root, row.path), label: row.label, split, weight };
}

function contradiction(first: Entry, later: Entry): Contradiction | undefined {
  const column = (["label", "split", "weight"] as const).find((each) => first[each] !== later[each]);
  return column && { column, first: first[column], later: later[column] };
}

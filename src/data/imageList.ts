import { readFile } from "node:fs/promises";
import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import { CsvSyntaxError, parseCsv } from "./csv.ts";
import type { Dataset, Sample } from "./dataset.ts";
import { quote, withoutSkipped } from "./problems.ts";
import { explainReadError } from "./walk.ts";

/** Corrections to a data set that change none of its files. */
export interface Corrections {
  /** CSV with a column `path`: these images are left out. */
  readonly exclude?: string;
  /** CSV with the columns `path` and `label`: these images get another class. */
  readonly relabel?: string;
}

interface Row {
  readonly path: string;
  readonly label: string;
  readonly line: number;
}

/**
 * A data set with other labels and without some images. Paths are as reports show them (relative to the data set), or absolute. What is
 * left out, and lines that match no image, are counted among the skipped files.
 *
 * @throws PermafrostError MANIFEST_INVALID for a file that is no such list; CLASS_MISMATCH for a class that the data do not have;
 *   DATA_EMPTY when a class loses all of its images; NOT_FOUND, NOT_READABLE.
 */
export async function corrected(dataset: Dataset, { exclude, relabel }: Corrections): Promise<Dataset> {
  const renamed =
    relabel === undefined
      ? dataset
      : relabelled(dataset, relabel, await readList(relabel, ["path", "label"]));
  return exclude === undefined ? renamed : without(renamed, exclude, await readList(exclude, ["path"]));
}

function relabelled(dataset: Dataset, list: string, rows: readonly Row[]): Dataset {
  const labels = new Map(dataset.classNames.map((name, label) => [name, label]));
  for (const { label, line } of rows) {
    if (labels.has(label)) continue;
    throw new PermafrostError(
      "CLASS_MISMATCH",
      `${list}:${line}: ${quote(label)} is no class of ${dataset.root}, which has ${dataset.classNames.map(quote).join(", ")}.`,
      { details: { path: list, line } },
    );
  }
  const { found, unknown } = matched(dataset, rows);
  const samples = dataset.samples.map((sample): Sample => {
    const className = found.get(sample)?.label;
    return className === undefined ? sample : { ...sample, className, label: labels.get(className)! };
  });
  return { ...dataset, samples, skipped: [...dataset.skipped, ...unknown.map((row) => lost(list, row))] };
}

function without(dataset: Dataset, list: string, rows: readonly Row[]): Dataset {
  const { found, unknown } = matched(dataset, rows);
  const reason = `left out: it is listed in ${path.basename(list)}`;
  const left = withoutSkipped(
    dataset,
    [...found.keys()].map((sample) => ({ path: sample.path, reason })),
  );
  return { ...left, skipped: [...left.skipped, ...unknown.map((row) => lost(list, row))] };
}

function matched(dataset: Dataset, rows: readonly Row[]) {
  const byPath = new Map(
    dataset.samples.flatMap((sample) => [
      [sample.name, sample],
      [sample.path, sample],
    ]),
  );
  const found = new Map<Sample, Row>();
  const unknown: Row[] = [];
  for (const row of rows) {
    const sample = byPath.get(row.path) ?? byPath.get(path.resolve(row.path));
    if (sample === undefined) unknown.push(row);
    else found.set(sample, row);
  }
  return { found, unknown };
}

function lost(list: string, { path: file, line }: Row) {
  return { path: file, reason: `${path.basename(list)}:${line} lists it, but no such image is in the data` };
}

async function readList(list: string, wanted: readonly string[]): Promise<readonly Row[]> {
  const text = await readFile(list, "utf8").catch((error: unknown) => {
    throw explainReadError(error, list);
  });
  const fail = (line: number, what: string) =>
    new PermafrostError(
      "MANIFEST_INVALID",
      `${list}:${line}: ${what}. Expected a CSV file with the header ${wanted.join(",")} (more columns are fine), as permafrost review writes it.`,
      { details: { path: list, line } },
    );
  try {
    const [header, ...rows] = parseCsv(text);
    const places = wanted.map((name) => header?.fields.indexOf(name) ?? -1);
    const missing = wanted.find((_, index) => places[index] === -1);
    if (missing !== undefined) throw fail(1, `no column ${quote(missing)}`);
    return rows.map(({ fields, line }) => {
      const [file = "", label = ""] = places.map((place) => fields[place] ?? "");
      if (file === "") throw fail(line, "the path is empty");
      return { path: file, label, line };
    });
  } catch (error) {
    if (error instanceof CsvSyntaxError) throw fail(error.line, error.message);
    throw error;
  }
}

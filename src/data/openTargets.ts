import { stat } from "node:fs/promises";
import path from "node:path";
import { PermafrostError } from "../base/errors.ts";
import type { Dataset, Sample, Split, TargetTask } from "./dataset.ts";
import { invalidRow, readManifest, requireFiles } from "./manifestFile.ts";
import { ManifestSyntaxError } from "./manifestRows.ts";
import { quote } from "./problems.ts";
import { type Contradiction, dropRepeats } from "./repeatedRows.ts";
import { splitAndWeight } from "./splitAndWeight.ts";
import { isTargetTableName, readTargetTable, type TargetRow } from "./targetTable.ts";
import { type TargetValues, targetValues } from "./targetValues.ts";
import { unlistedImages } from "./unlistedImages.ts";
import { explainReadError } from "./walk.ts";

export interface TargetsRequest {
  /** Folder of the images, or the table itself, whose folder it is then. */
  readonly data: string;
  /** The table with one row an image: .csv, .tsv, .json, .jsonl or .ndjson. */
  readonly labels?: string | undefined;
  readonly task: TargetTask;
  /** Labels or values of an existing model in its order. Default: those of the table. */
  readonly names?: readonly string[];
}

/** A row whose values are checked. */
interface Entry {
  readonly line: number;
  readonly path: string;
  readonly split: Split | undefined;
  readonly weight: number;
  readonly targets: readonly number[];
}

/**
 * Lists images with several labels each, or with numbers, from a table. Only names are looked at; `digestSamples` opens the files.
 * A note says how many images of the folder have no row.
 *
 * @throws PermafrostError MANIFEST_INVALID with the line; DATA_EMPTY without rows; DATA_INVALID where nothing can be learned;
 *   NOT_FOUND, NOT_READABLE.
 */
export async function openTargets(request: TargetsRequest): Promise<Dataset> {
  const { task, names } = request;
  const { root, table: file, isFolder } = await placesOf(request);
  const { table, values } = await readTable(file, task, names);
  if (table.rows.length === 0) throw noRows(file);
  const entries = table.rows.map((row, index) => checkedEntry(file, root, row, values.targets[index]!));
  const { kept, notes } = dropRepeats(file, entries, contradiction(values.names));
  await requireFiles(file, root, kept);
  if (names === undefined) expectSomethingToLearn(file, task, values.names, kept);
  return {
    root,
    layout: "manifest",
    task,
    classNames: values.names,
    samples: kept.map((entry) => sampleOf(root, task, values.names, entry)),
    skipped: [],
    ignored: { hidden: 0, notImages: [] },
    // A table that is given alone may lie anywhere, beside images that have nothing to do with it.
    notes: isFolder ? [...notes, ...(await unlistedImages(root, file, entries))] : notes,
  };
}

async function placesOf({ data, labels, task }: TargetsRequest) {
  const target = path.resolve(data);
  const isFolder = await stat(target).then(
    (facts) => facts.isDirectory(),
    (error: unknown) => {
      throw explainReadError(error, target);
    },
  );
  const table = labels === undefined ? target : path.resolve(labels);
  if ((labels !== undefined || !isFolder) && isTargetTableName(table)) {
    return { root: isFolder ? target : path.dirname(target), table, isFolder };
  }
  throw new PermafrostError(
    "DATA_INVALID",
    `${labels ?? data}: --task ${task} needs a table of ${task === "multilabel" ? "labels" : "values"} (.csv, .tsv, .json or .jsonl), found ` +
      `${labels === undefined && isFolder ? "a folder alone" : "another file"}. Give --labels <file> beside the folder, or the table in its place.`,
    { details: { path: labels ?? data } },
  );
}

async function readTable(file: string, task: TargetTask, names: readonly string[] | undefined) {
  const text = await readManifest(file);
  try {
    const table = readTargetTable(file, text);
    const values: TargetValues =
      table.rows.length === 0 ? { names: [], targets: [] } : targetValues(table, task, names);
    return { table, values };
  } catch (error) {
    if (error instanceof ManifestSyntaxError) throw invalidRow(file, error.line, error.message);
    throw error;
  }
}

function checkedEntry(file: string, root: string, row: TargetRow, targets: readonly number[]): Entry {
  const fail = (message: string) => invalidRow(file, row.line, message);
  if (row.path === "") throw fail("the path is empty");
  const { split, weight } = splitAndWeight(row, fail);
  return { line: row.line, path: path.resolve(root, row.path), split, weight, targets };
}

function contradiction(names: readonly string[]) {
  return (first: Entry, later: Entry): Contradiction | undefined => {
    const at = names.findIndex((_, index) => first.targets[index] !== later.targets[index]);
    if (at >= 0) return { column: quote(names[at]!), first: first.targets[at], later: later.targets[at] };
    const column = (["split", "weight"] as const).find((each) => first[each] !== later[each]);
    return column && { column, first: first[column], later: later[column] };
  };
}

function sampleOf(root: string, task: TargetTask, names: readonly string[], entry: Entry): Sample {
  return {
    path: entry.path,
    name: path.relative(root, entry.path).split(path.sep).join("/"),
    label: 0,
    className: targetText(task, names, entry.targets),
    targets: entry.targets,
    ...(entry.split && { split: entry.split }),
    weight: entry.weight,
  };
}

/** `cat;indoors`, or `3.5;12`: targets as people write them. */
export function targetText(task: TargetTask, names: readonly string[], targets: readonly number[]): string {
  return task === "multilabel"
    ? names.filter((_, index) => targets[index] === 1).join(";")
    : targets.map(String).join(";");
}

/** A label that no image has, or that all have, or a value that never changes cannot be learned. */
function expectSomethingToLearn(
  file: string,
  task: TargetTask,
  names: readonly string[],
  entries: readonly Entry[],
): void {
  if (names.length === 0) {
    throw new PermafrostError("DATA_INVALID", `${file}: no image has a label. Write labels into the table.`);
  }
  const constant = names.findIndex((_, index) =>
    entries.every(({ targets }) => targets[index] === entries[0]!.targets[index]),
  );
  if (constant === -1) return;
  const value = entries[0]!.targets[constant]!;
  const what =
    task === "multilabel"
      ? `${value === 1 ? "every" : "no"} image has the label ${quote(names[constant]!)}`
      : `${quote(names[constant]!)} is ${value} for every image`;
  throw new PermafrostError(
    "DATA_INVALID",
    `${file}: ${what}: there is nothing to learn. Remove the column, or add images that differ.`,
    { details: { path: file, name: names[constant] } },
  );
}

function noRows(file: string): PermafrostError {
  return new PermafrostError("DATA_EMPTY", `${file}: lists no images. Add one row an image.`, {
    details: { path: file },
  });
}

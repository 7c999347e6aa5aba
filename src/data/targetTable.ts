import path from "node:path";
import { CsvSyntaxError, parseCsv } from "./csv.ts";
import { ManifestSyntaxError } from "./manifestRows.ts";
import { quote } from "./problems.ts";

/** What a cell holds: text, or in JSON perhaps a list of labels. Empty text where nothing is given. */
export type TargetCell = string | readonly string[];

/** A row of a table of targets, before any value is checked. */
export interface TargetRow {
  readonly line: number;
  /** Of the column `path` or `file`. */
  readonly path: string;
  readonly split: string;
  readonly weight: string;
  /** Of all other columns, in the table's order. */
  readonly cells: readonly TargetCell[];
}

export interface TargetTable {
  /** Columns that hold targets, in the file's order. */
  readonly columns: readonly string[];
  readonly rows: readonly TargetRow[];
}

const pathColumns = ["path", "file"];
const otherColumns = ["split", "weight"];

/** Whether a file's name is that of a table of targets. */
export function isTargetTableName(file: string): boolean {
  return [".csv", ".tsv", ".json", ".jsonl", ".ndjson"].includes(path.extname(file).toLowerCase());
}

/**
 * A table with one row an image: CSV, TSV, a JSON array of objects, or JSON lines. The column `path` or `file` names the image;
 * `split` and `weight` may be there; all others hold targets.
 *
 * @throws ManifestSyntaxError for missing or repeated columns, rows of another form, or text that cannot be read.
 */
export function readTargetTable(file: string, text: string): TargetTable {
  const records = recordsOf(path.extname(file).toLowerCase(), text);
  const [first] = records;
  if (first === undefined) return { columns: [], rows: [] };
  const names = [...first.cells.keys()];
  const pathColumn = names.find((name) => pathColumns.includes(name));
  if (pathColumn === undefined) {
    throw new ManifestSyntaxError(first.header, `missing column path (or file), found ${names.join(", ")}`);
  }
  const columns = names.filter((name) => name !== pathColumn && !otherColumns.includes(name));
  if (columns.length === 0) {
    throw new ManifestSyntaxError(first.header, `no column with targets beside ${names.join(", ")}`);
  }
  const rows = records.map(({ line, cells }) => {
    expectSameColumns(line, names, [...cells.keys()]);
    const textOf = (name: string) => String(cells.get(name) ?? "").trim();
    return {
      line,
      path: textOf(pathColumn),
      split: textOf("split"),
      weight: textOf("weight"),
      cells: columns.map((name) => cells.get(name)!),
    };
  });
  return { columns, rows };
}

interface TableRecord {
  readonly line: number;
  /** Line on which the columns are named. */
  readonly header: number;
  readonly cells: ReadonlyMap<string, TargetCell>;
}

function recordsOf(extension: string, text: string): TableRecord[] {
  if (extension === ".json") return jsonArray(text);
  if (extension === ".jsonl" || extension === ".ndjson") {
    return text
      .split(/\r?\n/)
      .flatMap((line, index) =>
        line.trim() === "" ? [] : [recordOf(parseJson(line, index + 1), index + 1)],
      );
  }
  return separatedValues(text, extension === ".tsv" ? "\t" : ",");
}

function separatedValues(text: string, separator: string): TableRecord[] {
  const [header, ...rows] = csvRows(text, separator);
  if (header === undefined) return [];
  const names = header.fields.map((name) => name.trim());
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new ManifestSyntaxError(header.line, `column ${quote(repeated)} is there twice`);
  }
  return rows.map(({ line, fields }) => {
    if (fields.length !== names.length) {
      throw new ManifestSyntaxError(
        line,
        `expected ${names.length} values (${names.join(separator)}), found ${fields.length}`,
      );
    }
    return { line, header: header.line, cells: new Map(names.map((name, index) => [name, fields[index]!])) };
  });
}

function csvRows(text: string, separator: string) {
  try {
    return parseCsv(text, separator);
  } catch (error) {
    if (error instanceof CsvSyntaxError) throw new ManifestSyntaxError(error.line, error.message);
    throw error;
  }
}

/** Elements are counted from 1 where lines are not known. */
function jsonArray(text: string): TableRecord[] {
  const value = parseJson(text, 1);
  if (!Array.isArray(value)) throw new ManifestSyntaxError(1, "expected a JSON array of objects");
  return value.map((element: unknown, index) => recordOf(element, index + 1));
}

function parseJson(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ManifestSyntaxError(line, `not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function recordOf(value: unknown, line: number): TableRecord {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new ManifestSyntaxError(line, 'expected a JSON object such as {"path":"1.jpg","labels":["cat"]}');
  }
  return {
    line,
    header: line,
    cells: new Map(Object.entries(value).map(([name, cell]) => [name, cellOf(name, cell, line)])),
  };
}

function cellOf(name: string, cell: unknown, line: number): TargetCell {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "boolean") return String(Number(cell));
  if (typeof cell === "string" || typeof cell === "number") return String(cell);
  if (Array.isArray(cell) && cell.every((label) => typeof label === "string")) return cell;
  throw new ManifestSyntaxError(
    line,
    `${name}: expected a text, a number or a list of texts, found ${JSON.stringify(cell)}`,
  );
}

function expectSameColumns(line: number, wanted: readonly string[], found: readonly string[]): void {
  const missing = wanted.find((name) => !found.includes(name));
  if (missing !== undefined) throw new ManifestSyntaxError(line, `${quote(missing)} is missing here`);
  const unknown = found.find((name) => !wanted.includes(name));
  if (unknown !== undefined) {
    throw new ManifestSyntaxError(line, `${quote(unknown)} is not among the members of the first row`);
  }
}

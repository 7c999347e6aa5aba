import { didYouMean } from "../base/names.ts";
import { CsvSyntaxError, parseCsv } from "./csv.ts";
import { quote } from "./problems.ts";

/** A row as written, before any value is checked. */
export interface ManifestRow {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly path: string;
  readonly label: string;
  /** Empty where not given. */
  readonly split: string;
  /** Empty where not given. */
  readonly weight: string;
}

/** A manifest that cannot be read, with the line to look at. */
export class ManifestSyntaxError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = "ManifestSyntaxError";
    this.line = line;
  }
}

const columns = ["path", "label", "split", "weight"] as const;

/**
 * Rows of a CSV manifest. The first line names the columns, in any order: path and label, and split and weight if wanted.
 *
 * @throws ManifestSyntaxError for unknown, missing or repeated columns, rows of another length, or broken quotes.
 */
export function readCsvRows(text: string): ManifestRow[] {
  const [header, ...rows] = parseRows(text);
  if (header === undefined)
    throw new ManifestSyntaxError(1, "the file has no rows. The first one is path,label");
  const names = header.fields.map((name) => name.trim());
  if (names.length === 1 && /[;\t]/.test(names[0]!)) {
    throw new ManifestSyntaxError(header.line, `columns are separated by commas, found ${quote(names[0]!)}`);
  }
  checkColumns(names, header.line);
  return rows.map(({ line, fields }) => {
    if (fields.length !== names.length) {
      const expected = `${names.length} values (${names.join(",")})`;
      throw new ManifestSyntaxError(
        line,
        `expected ${expected}, found ${fields.length}. Quote values that hold a comma`,
      );
    }
    return rowOf(line, (name) => fields[names.indexOf(name)] ?? "");
  });
}

/**
 * Rows of a JSON-lines manifest: one object a line with path and label, and split and weight if wanted. Blank lines are
 * passed over; a label may be a number.
 *
 * @throws ManifestSyntaxError for a line that is no JSON object, or has unknown or missing members.
 */
export function readJsonRows(text: string): ManifestRow[] {
  return text.split(/\r?\n/).flatMap((source, index) => {
    const line = index + 1;
    if (source.trim() === "") return [];
    const record = parseObject(source, line);
    checkColumns(Object.keys(record), line);
    return [rowOf(line, (name) => memberText(record[name], name, line))];
  });
}

function parseRows(text: string) {
  try {
    return parseCsv(text);
  } catch (error) {
    if (error instanceof CsvSyntaxError) throw new ManifestSyntaxError(error.line, error.message);
    throw error;
  }
}

function parseObject(source: string, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (error) {
    throw new ManifestSyntaxError(
      line,
      `expected one JSON object a line: ${error instanceof Error ? error.message : error}`,
    );
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new ManifestSyntaxError(line, 'expected a JSON object such as {"path":"1.jpg","label":"cats"}');
  }
  return { ...value };
}

function checkColumns(names: readonly string[], line: number): void {
  const unknown = names.find((name) => !columns.some((column) => column === name));
  if (unknown !== undefined) {
    const known = `Known columns are ${columns.join(", ")}.`;
    throw new ManifestSyntaxError(
      line,
      `unknown column ${quote(unknown)}. ${known}${didYouMean(unknown, columns)}`,
    );
  }
  const missing = ["path", "label"].filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new ManifestSyntaxError(
      line,
      `missing column ${missing.join(" and ")}, found ${names.join(", ") || "none"}`,
    );
  }
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new ManifestSyntaxError(line, `column ${quote(repeated)} is there twice`);
}

function rowOf(line: number, value: (name: (typeof columns)[number]) => string): ManifestRow {
  return {
    line,
    path: value("path"),
    label: value("label").trim(),
    split: value("split").trim(),
    weight: value("weight").trim(),
  };
}

function memberText(value: unknown, name: string, line: number): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" && name !== "path" && name !== "split") return String(value);
  const wanted = name === "weight" ? "a number" : "a text";
  throw new ManifestSyntaxError(line, `${name} is ${wanted}, found ${JSON.stringify(value)}`);
}

import { didYouMean } from "../base/names.ts";
import { compareCodePoints } from "./codePoints.ts";
import type { TargetTask } from "./dataset.ts";
import { ManifestSyntaxError } from "./manifestRows.ts";
import { quote } from "./problems.ts";
import type { TargetCell, TargetRow, TargetTable } from "./targetTable.ts";

/** Names of labels or values, and the targets of each row in their order. */
export interface TargetValues {
  readonly names: readonly string[];
  readonly targets: readonly (readonly number[])[];
}

/** The column in which labels are written one after the other, separated by ";". */
const listColumn = "labels";

/**
 * The targets in a table: for "multilabel" the column `labels` ("cat;indoors", or nothing), or a column of 0 and 1 for each label; for
 * "regression" a column of numbers for each value.
 *
 * @param known - Names that a model has, in its order: all of them must be told of, no other may be.
 * @throws ManifestSyntaxError with the line of a value that does not fit, or a name that is not known.
 */
export function targetValues(
  table: TargetTable,
  task: TargetTask,
  known: readonly string[] | undefined,
): TargetValues {
  if (task === "multilabel" && table.columns.includes(listColumn)) return labelLists(table, known);
  const names = known ?? table.columns;
  for (const name of names) expectColumn(table, name);
  if (known === undefined || task === "multilabel") {
    const more = table.columns.find((name) => !names.includes(name));
    if (more !== undefined) throw unknownName(table.rows[0]!, more, names);
  }
  const places = names.map((name) => table.columns.indexOf(name));
  const read = task === "multilabel" ? bit : number;
  const targets = table.rows.map((row) =>
    places.map((place, index) => read(row, names[index]!, row.cells[place]!)),
  );
  return { names, targets };
}

function labelLists({ columns, rows }: TargetTable, known: readonly string[] | undefined): TargetValues {
  const place = columns.indexOf(listColumn);
  const other = columns.find((name) => name !== listColumn);
  if (other !== undefined) {
    throw new ManifestSyntaxError(
      rows[0]!.line,
      `beside the column labels there is ${quote(other)}; give labels in one column, or a column of 0 and 1 for each`,
    );
  }
  const lists = rows.map((row) => labelsIn(row.cells[place]!));
  const names = known ?? [...new Set(lists.flat())].sort(compareCodePoints);
  const targets = lists.map((labels, index) => {
    const unknown = labels.find((label) => !names.includes(label));
    if (unknown !== undefined) throw unknownName(rows[index]!, unknown, names);
    return names.map((name) => Number(labels.includes(name)));
  });
  return { names, targets };
}

function labelsIn(cell: TargetCell): readonly string[] {
  const labels = typeof cell === "string" ? cell.split(";") : cell;
  return labels.map((label) => label.trim()).filter((label) => label !== "");
}

function bit(row: TargetRow, name: string, cell: TargetCell): number {
  const text = textOf(row, name, cell);
  if (text === "0" || text === "1") return Number(text);
  throw new ManifestSyntaxError(
    row.line,
    `${quote(name)} is 0 or 1, found ${text === "" ? "nothing" : quote(text)}`,
  );
}

function number(row: TargetRow, name: string, cell: TargetCell): number {
  const text = textOf(row, name, cell);
  const value = text === "" ? Number.NaN : Number(text);
  if (Number.isFinite(Math.fround(value))) return value;
  throw new ManifestSyntaxError(
    row.line,
    `${quote(name)} is a finite number, found ${text === "" ? "nothing" : quote(text)}`,
  );
}

function textOf({ line }: TargetRow, name: string, cell: TargetCell): string {
  if (typeof cell === "string") return cell.trim();
  throw new ManifestSyntaxError(line, `${quote(name)} is a number, found a list`);
}

function expectColumn({ columns, rows }: TargetTable, name: string): void {
  if (columns.includes(name)) return;
  throw new ManifestSyntaxError(
    rows[0]!.line,
    `missing column ${quote(name)}, found ${columns.join(", ")}.${didYouMean(name, columns)}`,
  );
}

function unknownName({ line }: TargetRow, name: string, names: readonly string[]): ManifestSyntaxError {
  return new ManifestSyntaxError(
    line,
    `${quote(name)} is not known to the model, which has ${names.map(quote).join(", ")}`,
  );
}

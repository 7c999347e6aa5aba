import path from "node:path";
import { invalidRow, type ListedFile } from "./manifestFile.ts";
import { quote } from "./problems.ts";

/** Where two rows of one file say different things. */
export interface Contradiction {
  readonly column: string;
  readonly first: unknown;
  readonly later: unknown;
}

/**
 * Keeps the first of rows that say the same of one file, with a note for each other one.
 *
 * @param contradiction - In what a later row says something else; undefined: in nothing.
 * @throws PermafrostError MANIFEST_INVALID for rows that contradict each other.
 */
export function dropRepeats<Row extends ListedFile>(
  table: string,
  rows: readonly Row[],
  contradiction: (first: Row, later: Row) => Contradiction | undefined,
): { readonly kept: readonly Row[]; readonly notes: readonly string[] } {
  const first = new Map<string, Row>();
  const notes: string[] = [];
  for (const row of rows) {
    const known = first.get(row.path);
    if (known === undefined) {
      first.set(row.path, row);
      continue;
    }
    const other = contradiction(known, row);
    if (other !== undefined) {
      const values = `${shown(other.first)} on line ${known.line}, ${shown(other.later)} here`;
      const what = `${row.path} is listed twice with another ${other.column}: ${values}. Keep one`;
      throw invalidRow(table, row.line, what);
    }
    notes.push(
      `${path.basename(table)}:${row.line}: ${row.path} is already listed on line ${known.line}; kept once`,
    );
  }
  return { kept: [...first.values()], notes };
}

function shown(value: unknown): string {
  return quote(String(value ?? ""));
}

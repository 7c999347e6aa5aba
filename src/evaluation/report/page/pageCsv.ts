import { csvText } from "../../../data/csvText.ts";
import type { Page } from "./page.ts";
import { pageTables } from "./pageTables.ts";
import type { Cell } from "./table.ts";

/**
 * All numbers of a page as one CSV file (RFC 4180), one value a row: `table,row,column,value`. Numbers are whole, not as they are
 * shown; rows of one table that have the same name are told apart by their order.
 */
export function pageCsv(page: Page): string {
  const rows = pageTables(page).flatMap(({ caption, columns, rows }) =>
    rows.flatMap(([first, ...others]) =>
      others.flatMap((cell, index) => {
        const column = columns[index + 1]!;
        if (column.as === "bar") return [];
        const row = [caption, exact(first!), column.title, exact(cell)];
        if (typeof cell === "string" || cell.interval === undefined) return [row];
        return [row, [caption, exact(first!), `${column.title}, 95 % interval`, cell.interval]];
      }),
    ),
  );
  return csvText([["table", "row", "column", "value"], ...rows], { lineEnd: "\r\n" });
}

function exact(cell: Cell): string {
  if (typeof cell === "string") return cell;
  return cell.value === null ? cell.text : String(cell.value);
}

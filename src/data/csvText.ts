/** Rows of cells as CSV by RFC 4180. */
export function csvText(
  rows: readonly (readonly string[])[],
  { lineEnd = "\n" }: { readonly lineEnd?: "\n" | "\r\n" } = {},
): string {
  return rows.map((row) => row.map(csvCell).join(",") + lineEnd).join("");
}

/** Records as CSV, with the names that any of them has, for spreadsheets: no cell begins as a formula would. */
export function csvRecords(
  records: readonly Readonly<Record<string, string | number | undefined>>[],
): string {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return csvText([names, ...records.map((record) => names.map((name) => noFormula(record[name] ?? "")))]);
}

function noFormula(value: string | number): string {
  return typeof value === "string" && /^[=+@\t\r-]/.test(value) ? `'${value}` : String(value);
}

/** Quoted when it holds a comma, a quote or a line break. */
function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

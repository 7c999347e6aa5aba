import { hundredths } from "../base/hundredths.ts";

/** Small pieces of text that several commands print. */

/** `1.5 GiB`. */
export function gibibytes(bytes: number): string {
  if (bytes < 2 ** 20) return `${Math.ceil(bytes / 2 ** 10)} KiB`;
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** A whole number with thousands separators: `1,234,567`. Without `toLocaleString`, whose first call takes 15 ms. */
export function count(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `94.3 %`. */
export function percent(fraction: number): string {
  return `${hundredths(fraction)} %`;
}

/** Rows of cells in columns of equal width; numbers stand to the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header, ...rows.map((row) => row.map(String))];
  const widths = header.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  const isNumber = header.map((_, column) =>
    rows.every((row) => typeof row[column] === "number" || /^[\d.,]+ ?%?$/.test(String(row[column]))),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

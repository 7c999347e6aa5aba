import { splits } from "./dataset.ts";
import { groupBy } from "./groupBy.ts";
import type { Finding, ScanReport, Spread } from "./scanReport.ts";

/** How many paths of one finding, and how many findings of one kind, are shown before "... and n more". */
const shownPaths = 5;
const shownFindings = 10;

/** A scan as text for people; the report itself has everything. */
export function renderScan(report: ScanReport): string {
  const sections = [heading(report), classTable(report), facts(report), findings(report.findings)];
  return `${sections.join("\n\n")}\n`;
}

const layouts: Readonly<Record<ScanReport["layout"], string>> = {
  classes: "one folder a class",
  splits: "one folder a split",
  manifest: "a manifest",
};

function heading({ root, layout, images, classes, bytes }: ScanReport): string {
  return `${root}: ${layouts[layout]}, ${classes.length} classes, ${images} images, ${megabytes(bytes)}`;
}

/** One row a class; only columns that have any image. */
function classTable({ classes }: ScanReport): string {
  const columns = ([...splits, "open"] as const).filter((column) =>
    classes.some((counts) => counts.splits[column] > 0),
  );
  const title = { train: "train", validation: "validation", test: "test", open: "images" };
  const rows = [
    ["class", ...columns.map((column) => title[column])],
    ...classes.map(({ className, splits: counts }) => [
      printable(className),
      ...columns.map((column) => `${counts[column]}`),
    ]),
  ];
  return table(rows);
}

function facts({ formats, width, height, unreadable, hidden }: ScanReport): string {
  const counts = Object.entries(formats).map(([format, count]) => `${format} ${count}`);
  const rows = [
    ["formats", counts.join(", ") || "none"],
    ["width", range(width)],
    ["height", range(height)],
    ["unreadable", `${unreadable}`],
    ["hidden", `${hidden} files or folders passed over`],
  ];
  return rows.map(([name, value]) => `${name!.padEnd(10)}  ${value}`).join("\n");
}

function range(spread: Spread | null): string {
  if (spread === null) return "unknown";
  const { min, median, max } = spread;
  return min === max ? `${min} pixels` : `${min} to ${max} pixels, half of them up to ${median}`;
}

function findings(all: readonly Finding[]): string {
  if (all.length === 0) return "Nothing found that needs attention.";
  const byKind = groupBy(all, ({ severity, kind }) => `${severity}: ${kind}`);
  const sections = Array.from(byKind, ([title, group]) =>
    [`${title} (${group.length})`, ...list(group)].join("\n"),
  );
  return `${all.length} ${all.length === 1 ? "finding" : "findings"}\n\n${sections.join("\n\n")}`;
}

function list(group: readonly Finding[]): string[] {
  const lines = group.slice(0, shownFindings).flatMap(({ text, paths }) => {
    const count = paths.length > 0 ? `${paths.length} ${paths.length === 1 ? "file" : "files"}: ` : "";
    const named = paths.slice(0, shownPaths).map((name) => `    ${printable(name)}`);
    return [
      `  ${count}${text.replaceAll("\n", "\n  ")}`,
      ...named,
      ...more(paths.length - shownPaths, "    "),
    ];
  });
  return [...lines, ...more(group.length - shownFindings, "  ")];
}

function more(count: number, indent: string): string[] {
  return count > 0 ? [`${indent}... and ${count} more`] : [];
}

/** A name without control characters, which could move the cursor or colour the terminal. */
function printable(name: string): string {
  return name.replaceAll(/\p{Cc}/gu, "\ufffd");
}

/** Columns of equal width: text to the left, numbers to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join("  "),
    )
    .join("\n");
}

function megabytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

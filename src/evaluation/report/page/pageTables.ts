import { chartTable } from "./chartKinds.ts";
import type { Block, Confusion, Page, Picture } from "./page.ts";
import type { Table } from "./table.ts";

/** All numbers of a page as tables, in the page's order: what its Markdown and CSV forms are made of. */
export function pageTables(page: Page): readonly Table[] {
  const { numbers, picture } = page.answer;
  const answer: Table = {
    caption: "Answer",
    columns: [{ title: "number" }, { title: "value", as: "number" }],
    rows: numbers.map(({ meaning, text, value }) => [meaning, { text, value: value ?? null }]),
  };
  return [
    ...(numbers.length === 0 ? [] : [answer]),
    ...(picture === undefined ? [] : blockTables(picture)),
    ...page.sections.flatMap(({ blocks }) => blocks.flatMap(blockTables)),
  ];
}

export function blockTables(block: Block): readonly Table[] {
  switch (block.kind) {
    case "table":
      return [block.table];
    case "confusion":
      return [confusionTable(block.confusion)];
    case "charts":
      return block.charts.map(chartTable);
    case "gallery":
      return [galleryTable(block.pictures)];
    case "facts":
      return [
        {
          caption: block.title ?? "Facts",
          columns: [{ title: "name" }, { title: "value" }],
          rows: block.facts.map((pair) => [...pair]),
        },
      ];
    default:
      return [];
  }
}

function confusionTable({ classNames, counts }: Confusion): Table {
  return {
    caption: "Confusion matrix: rows are the truth, columns the answers",
    columns: [{ title: "truth" }, ...classNames.map((title) => ({ title, as: "number" }) as const)],
    rows: counts.map((row, label) => [
      classNames[label]!,
      ...row.map((value) => ({ text: String(value), value })),
    ]),
  };
}

function galleryTable(pictures: readonly Picture[]): Table {
  return {
    caption: "Pictures",
    columns: [{ title: "file" }, { title: "remarks" }],
    rows: pictures.map(({ name, lines }) => [name, lines.map(lineText).join("; ")]),
  };
}

/** A picture's line without its emphasis. */
export function lineText(line: Picture["lines"][number]): string {
  return line.map((phrase) => (typeof phrase === "string" ? phrase : phrase.strong)).join("");
}

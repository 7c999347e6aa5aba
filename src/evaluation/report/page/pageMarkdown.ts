import type { Block, Page } from "./page.ts";
import { blockTables } from "./pageTables.ts";
import { fullTextOf } from "./renderTable.ts";
import type { Table } from "./table.ts";

/** A page as Markdown (GitHub's tables), for a README or an issue. Pictures are named, not shown. */
export function pageMarkdown(page: Page): string {
  const { sentence, remark, numbers, picture } = page.answer;
  const parts = [
    `# ${escaped(page.title)}`,
    `${page.kind}, ${page.created.slice(0, 16).replace("T", " ")} UTC. ${escaped(page.about)}`,
    `**${escaped(sentence)}**`,
    ...(remark === undefined ? [] : [escaped(remark)]),
    ...(numbers.length === 0
      ? []
      : [numbers.map(({ text, meaning }) => `- **${escaped(text)}** ${escaped(meaning)}`).join("\n")]),
    ...(picture === undefined ? [] : blockText(picture)),
    ...page.sections.flatMap(({ title, blocks }) => [`## ${escaped(title)}`, ...blocks.flatMap(blockText)]),
    `Written by permafrost ${page.version}.`,
  ];
  return `${parts.join("\n\n")}\n`;
}

function blockText(block: Block): readonly string[] {
  switch (block.kind) {
    case "text":
      return [escaped(block.text)];
    case "list":
      return [
        ...(block.title === undefined ? [] : [escaped(block.title)]),
        block.items.map((item) => `- ${escaped(item)}`).join("\n"),
      ];
    case "command":
      return [`\`\`\`\n${block.text.replaceAll("```", "'''")}\n\`\`\``];
    default:
      return blockTables(block).map(tableText);
  }
}

function tableText({ caption, columns, rows }: Table): string {
  const shown = columns.flatMap(({ as }, place) => (as === "bar" ? [] : [place]));
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    escaped(caption),
    "",
    line(shown.map((place) => escaped(columns[place]!.title))),
    line(shown.map((place) => (columns[place]!.as === "number" ? "---:" : "---"))),
    ...rows.map((row) => line(shown.map((place) => escaped(fullTextOf(row[place] ?? ""))))),
  ].join("\n");
}

/** Names of files and classes may hold what Markdown or HTML reads as marks. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#]/g, "\\$&").replaceAll(/\s+/g, " ");
}

import { count, plural } from "../format.ts";
import type { Section } from "../page/page.ts";
import { remarkBlocks } from "../sections.ts";
import type { ReviewReport } from "./reviewReport.ts";

/** What can be done about it. */
export function listSection(report: ReviewReport): Section {
  const { computed, reused } = report.forwards;
  return {
    title: "What to do with it",
    blocks: [
      {
        kind: "table",
        table: {
          caption: "Look through a list, take out the lines that you do not agree with, then train with it",
          columns: [{ title: "file" }, { title: "holds" }, { title: "use" }],
          rows: report.lists.map(({ file, holds, use }) => [file, holds, use]),
        },
      },
      { kind: "command", text: report.command },
      {
        kind: "text",
        isQuiet: true,
        text: `The base network ran ${plural(computed, "time")}; ${count(reused)} results came from the store.`,
      },
      ...remarkBlocks(report.skipped, report.warnings),
    ],
  };
}

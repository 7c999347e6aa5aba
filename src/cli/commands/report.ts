import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";

export const report: CommandDefinition = {
  name: "report",
  summary: "make the page of a training, a comparison, a sweep or another job again",
  examples: [
    "permafrost report runs/photos --open",
    "permafrost report runs/photos --out photos.md",
    "permafrost report compare --out compare.csv",
    "permafrost report evaluation.json --out evaluation.csv",
  ],
  declare(command) {
    command
      .argument("<place>", "bundle, folder of compare, sweep, review or explain, or the .json of a page")
      .option("--out <file>", "where it goes, by its end: .html, .md, .csv or .json")
      .option("--open", "show it in the browser");
  },
  async run([place], options, { output }) {
    const { rebuildReport } = await import("../../recipes/rebuildReport.ts");
    const { page, file } = await rebuildReport({
      place: String(place),
      ...(typeof options["out"] === "string" ? { out: options["out"] } : {}),
    });
    output.print(`${page.answer.sentence}\nReport: ${file}`);
    output.emit({ event: "report", file, kind: page.kind, answer: page.answer.sentence });
    if (options["open"] === true) {
      const { openPage } = await import("../openPage.ts");
      if (!(await openPage(file))) output.warn(`no program shows ${file} here; open it in a browser.`);
    }
    return exitCodes.done;
  },
};

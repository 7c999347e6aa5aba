import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";

export const scan: CommandDefinition = {
  name: "scan",
  summary: "say what is in a folder of photos: classes, bad files, duplicates, leaks",
  examples: ["permafrost scan photos/", "permafrost scan labels.csv --strict --json"],
  declare(command) {
    command
      .argument("<folder>", "folder of class folders, folder of splits, or a CSV or JSON-lines manifest")
      .option("--strict", "exit with 1 if anything was found");
  },
  async run([folder], options, { output, signal }) {
    const { renderScan, scanDataset } = await import("../../data/scan.ts");
    const report = await scanDataset(String(folder), { onProgress: output.onProgress, signal });
    output.print(renderScan(report));
    output.emit({ event: "scan", ...report });
    return options["strict"] === true && report.findings.length > 0 ? exitCodes.failed : exitCodes.done;
  },
};

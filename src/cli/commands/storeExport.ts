import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { count } from "../text.ts";
import { declareStore, storeOf } from "./storeOption.ts";

export const storeExport: CommandDefinition = {
  name: "export",
  summary: "copy the features of a data set into a folder for another machine",
  examples: [
    "permafrost store export photos-features --dataset photos/",
    "permafrost store export everything --json",
  ],
  declare(command) {
    command
      .argument("<out>", "new folder; it can be imported, verified, or used with --store")
      .option("--dataset <folder>", "only features of the images in this folder or manifest");
    declareStore(command);
  },
  async run([out], options, context) {
    const { output, signal } = context;
    const work = { onProgress: output.onProgress, signal };
    const store = await storeOf(options, context);
    const { exportFeatures } = await import("../../features/maintenance/exportFeatures.ts");
    const { imageDigests } = await import("../../recipes/data/imageDigests.ts");
    const dataset = options["dataset"];
    const images = typeof dataset === "string" ? { images: await imageDigests(dataset, store, work) } : {};
    const result = await exportFeatures(store, { out: String(out), ...images }, work);
    for (const { path, row, reason } of result.problems) {
      output.warn(`${path}${row === undefined ? "" : `, row ${row}`}: ${reason}; left out`);
    }
    if (result.missing > 0) output.warn(`${result.missing} images have no feature in the store.`);
    output.print(
      `${result.out}: ${count(result.rows)} features of ${result.groups} groups.\nOn the other machine: permafrost store import <this folder>`,
    );
    output.emit({ event: "store", ...result });
    return exitCodes.done;
  },
};

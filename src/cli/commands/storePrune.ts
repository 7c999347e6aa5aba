import type { Removal } from "../../features/maintenance/removal.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { byteSize, positiveNumber } from "../options.ts";
import { count, gibibytes } from "../text.ts";
import { declareStore, storeOf } from "./storeOption.ts";

const day = 24 * 60 * 60 * 1000;

export const storePrune: CommandDefinition = {
  name: "prune",
  summary: "remove features by base, age, data set or size; --dry-run only lists them",
  examples: [
    "permafrost store prune --older-than 90 --dry-run",
    "permafrost store prune --max-size 20GiB",
    "permafrost store prune --dataset photos/",
    "permafrost store prune --merge",
  ],
  declare(command) {
    command
      .option("--base <name>", "of this base network, or of a prefix or group by the beginning of its digest")
      .option("--older-than <days>", "not used for so many days", positiveNumber)
      .option("--dataset <folder>", "of the images in this folder or manifest")
      .option(
        "--max-size <size>",
        "those used longest ago, until the store has this size, such as 20GiB",
        byteSize,
      )
      .option("--merge", "put small packs together instead; no feature is lost")
      .option("--dry-run", "list what would be removed, and remove nothing");
    declareStore(command);
  },
  async run(_positional, options, context) {
    const { output, signal } = context;
    const store = await storeOf(options, context);
    const dryRun = options["dryRun"] === true;
    const onRemoval = (removal: Removal): void => {
      output.print(
        `${dryRun ? "would remove" : "removing"}  ${removal.path}  ${gibibytes(removal.bytes)}, ${removal.rows} features  (${removal.reason})`,
      );
    };
    const { pruneStore } = await import("../../features/maintenance/pruneStore.ts");
    const { mergePacks } = await import("../../features/maintenance/mergePacks.ts");
    if (options["merge"] === true) {
      const removed = await mergePacks(store, { dryRun, onRemoval });
      output.print(
        `${removed.length} small packs ${dryRun ? "would be" : "were"} put together; no feature is lost.`,
      );
      output.emit({ event: "store", dryRun, removed, rows: 0, merged: removed.length });
      return exitCodes.done;
    }
    const { imageDigests } = await import("../../recipes/data/imageDigests.ts");
    const dataset = options["dataset"];
    const images =
      typeof dataset === "string"
        ? { images: await imageDigests(dataset, store, { onProgress: output.onProgress, signal }) }
        : {};
    const result = await pruneStore(
      store,
      {
        ...(typeof options["base"] === "string" ? { base: options["base"] } : {}),
        ...(typeof options["olderThan"] === "number" ? { olderThan: options["olderThan"] * day } : {}),
        ...(typeof options["maxSize"] === "number" ? { maxBytes: options["maxSize"] } : {}),
        ...images,
      },
      { dryRun, onRemoval },
    );
    const verb = dryRun ? "would be" : "were";
    output.print(
      `${result.removed.length} files with ${count(result.rows)} features (${gibibytes(result.bytes)}) ${verb} removed.`,
    );
    output.emit({ event: "store", ...result });
    return exitCodes.done;
  },
};

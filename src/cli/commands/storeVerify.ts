import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { count, gibibytes } from "../text.ts";
import { declareStore, storeOf } from "./storeOption.ts";

export const storeVerify: CommandDefinition = {
  name: "verify",
  summary: "read every feature and hold it against its checksum; 1 if anything is damaged",
  examples: ["permafrost store verify", "permafrost store verify --store /mnt/backup/features --json"],
  declare: declareStore,
  async run(_positional, options, context) {
    const { output, signal } = context;
    const { verifyStore } = await import("../../features/maintenance/verifyStore.ts");
    const found = await verifyStore(await storeOf(options, context), {
      onProgress: output.onProgress,
      signal,
    });
    for (const { path, reason } of found.badPacks) output.print(`BAD  ${path}: ${reason}`);
    for (const { path, row, key, reason } of found.badRows) {
      output.print(`BAD  ${path}: row ${row} (key ${key.slice(0, 16)}): ${reason}`);
    }
    for (const { path, reason } of found.foreign) output.print(`left alone  ${path}: ${reason}`);
    for (const { path } of found.temporaries) output.print(`unfinished  ${path}`);
    const rate = gibibytes(found.bytes / Math.max(found.seconds, 1e-3));
    output.print(
      `${found.folder}: ${count(found.rows)} features in ${found.packs} packs, ${gibibytes(found.bytes)} read at ${rate}/s. ` +
        (found.clean
          ? "All are as they were written."
          : "Damaged features are never used: the next run that needs them computes them again."),
    );
    output.emit({ event: "store", ...found });
    return found.clean ? exitCodes.done : exitCodes.failed;
  },
};

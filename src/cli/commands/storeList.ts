import type { GroupInfo } from "../../features/maintenance/listStore.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { count, gibibytes, table } from "../text.ts";
import { declareStore, storeOf } from "./storeOption.ts";

export const storeList: CommandDefinition = {
  name: "list",
  summary: "list what the store holds: groups of features, rows, size, last use",
  examples: ["permafrost store list", "permafrost store list --store /data/features --json"],
  declare: declareStore,
  async run(_positional, options, context) {
    const { listStore } = await import("../../features/maintenance/listStore.ts");
    const listing = await listStore(await storeOf(options, context));
    const { folder, groups, packs, rows, bytes, temporaries, problems } = listing;
    const { output } = context;
    if (groups.length > 0) {
      output.print(table(["group", "base", "feature", "type", "rows", "size", "last use"], groups.map(line)));
      output.print("");
    }
    output.print(`${folder}: ${count(rows)} features in ${count(packs)} packs, ${gibibytes(bytes)}.`);
    if (temporaries.length > 0)
      output.print(`${temporaries.length} files are being written or were left unfinished.`);
    for (const { path, reason } of problems) output.warn(`${path}: ${reason}`);
    output.emit({ event: "store", ...listing });
    return exitCodes.done;
  },
};

function line(info: GroupInfo): readonly (string | number)[] {
  const { group } = info;
  return [
    info.digest.slice(0, 12),
    info.bases.join(", ") || group.prefix.slice(0, 12),
    group.cut.join(" x "),
    group.dtype,
    info.rows,
    gibibytes(info.bytes),
    info.lastUse.slice(0, 16).replace("T", " "),
  ];
}

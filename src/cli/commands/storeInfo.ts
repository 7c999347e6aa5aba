import { PermafrostError } from "../../base/errors.ts";
import type { GroupInfo } from "../../features/maintenance/listStore.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { count, gibibytes } from "../text.ts";
import { declareStore, storeOf } from "./storeOption.ts";

export const storeInfo: CommandDefinition = {
  name: "info",
  summary: "show everything that decides the features of a group",
  examples: ["permafrost store info", "permafrost store info 3f9c2ab0 --json"],
  declare(command) {
    command.argument("[group]", "beginning of the group's name as list shows it (default: all groups)");
    declareStore(command);
  },
  async run([asked], options, context) {
    const { listStore } = await import("../../features/maintenance/listStore.ts");
    const { folder, groups } = await listStore(await storeOf(options, context));
    const start = typeof asked === "string" ? asked : "";
    const found = groups.filter(({ digest }) => digest.startsWith(start));
    if (found.length === 0 && start !== "") {
      throw new PermafrostError(
        "NOT_FOUND",
        `${folder}: expected a group that begins with ${JSON.stringify(start)}, found none. See permafrost store list.`,
      );
    }
    context.output.print(found.map(describe).join("\n\n") || `${folder}: no features yet.`);
    context.output.emit({ event: "store", folder, groups: found });
    return exitCodes.done;
  },
};

function describe({ digest, group, bases, packs, rows, bytes, lastUse, origins }: GroupInfo): string {
  const lines: readonly (readonly [string, string])[] = [
    ["Group", digest],
    ["Base", bases.join(", ") || "not noted"],
    ["Prefix", `sha256 ${group.prefix}`],
    [
      "Feature",
      `${group.cut.join(" x ")} numbers, ${group.dtype}${group.dtype === "float32" ? "" : " (rounded)"}`,
    ],
    ["Preprocessing", JSON.stringify(group.preprocessing)],
    ["Decode, resize", `${group.decode}; ${group.resize}`],
    ["Numerics", group.numericsClass],
    ...origins.map((origin) => ["Imported from", origin] as const),
    ["Rows", `${count(rows)} in ${packs} packs, ${gibibytes(bytes)}`],
    ["Last use", lastUse],
  ];
  return lines.map(([name, text]) => `${name.padEnd(15)} ${text}`).join("\n");
}

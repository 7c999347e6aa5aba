import type { WeightFileInfo } from "../../recipes/weightFiles.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { gibibytes, table } from "../text.ts";
import { declareFolder, folderOf } from "./weightsFolder.ts";

export const weightsList: CommandDefinition = {
  name: "list",
  summary: "list the weights that are on this machine",
  examples: ["permafrost weights list", "permafrost weights list --json"],
  declare: declareFolder,
  async run(_positional, options, { output, environment }) {
    const { listWeights } = await import("../../recipes/weightFiles.ts");
    const listing = await listWeights({ ...folderOf(options), environment });
    const { folder, files } = listing;
    if (files.length > 0)
      output.print(table(["base", "file", "size", "sha256", "licence", "from"], files.map(line)));
    output.print(files.length === 0 ? `${folder}: no weights yet.` : `In ${folder}.`);
    output.emit({ event: "weights", ...listing });
    return exitCodes.done;
  },
};

function line({ file, base, includeTop, bytes, note, licence }: WeightFileInfo): readonly string[] {
  return [
    base === undefined ? "not known" : `${base}${includeTop === true ? " with classifier" : ""}`,
    file,
    gibibytes(bytes),
    note?.sha256.slice(0, 16) ?? "not checked yet",
    licence ?? "",
    note?.from ?? "",
  ];
}

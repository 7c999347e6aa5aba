import type { CheckedWeights } from "../../recipes/weightFiles.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { table } from "../text.ts";
import { declareFolder, folderOf } from "./weightsFolder.ts";

export const weightsVerify: CommandDefinition = {
  name: "verify",
  summary: "hold all weights against their digests",
  examples: ["permafrost weights verify", "permafrost weights verify --json"],
  declare: declareFolder,
  async run(_positional, options, { output, environment }) {
    const { verifyWeights } = await import("../../recipes/weightFiles.ts");
    const found = await verifyWeights({ ...folderOf(options), environment, onProgress: output.onProgress });
    const damaged = found.filter(({ state }) => state === "damaged");
    if (found.length > 0) output.print(table(["file", "", "held against"], found.map(line)));
    output.print(
      found.length === 0
        ? "No weights yet."
        : damaged.length === 0
          ? `${found.length} ${found.length === 1 ? "file" : "files"}, none damaged.`
          : `${damaged.length} of ${found.length} files are damaged. Remove them, and they are fetched again.`,
    );
    output.emit({ event: "weights", files: found, clean: damaged.length === 0 });
    return damaged.length === 0 ? exitCodes.done : exitCodes.failed;
  },
};

function line({ file, state, expected, sha256, checkedBy }: CheckedWeights): readonly string[] {
  if (state === "damaged") return [file, "DAMAGED", `expected ${expected}, has SHA-256 ${sha256}`];
  if (state === "not known") return [file, "not known", "nothing: it is none of the published files"];
  return [
    file,
    "right",
    checkedBy === "first use" ? "its digest at the first use" : "its publisher's digest",
  ];
}

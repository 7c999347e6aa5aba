import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { declareFolder, declareTop, folderOf } from "./weightsFolder.ts";

export const weightsPath: CommandDefinition = {
  name: "path",
  summary: "show the folder of weights, or where the file of a base lies or would lie",
  examples: ["permafrost weights path", "permafrost weights path vgg16"],
  declare(command) {
    command.argument("[base]", "base network by name (default: the folder)");
    declareTop(command);
    declareFolder(command);
  },
  async run([base], options, { output, environment }) {
    const { weightPath } = await import("../../recipes/weightFiles.ts");
    const { fetchSettings } = await import("../../fetching/settings.ts");
    const where = { ...folderOf(options), environment };
    const place =
      typeof base === "string"
        ? weightPath(base, options["top"] === true, where)
        : fetchSettings(where).folder;
    output.print(place);
    output.emit({ event: "weights", path: place });
    return exitCodes.done;
  },
};

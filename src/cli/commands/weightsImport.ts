import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { declareFolder, declareTop, folderOf } from "./weightsFolder.ts";

export const weightsImport: CommandDefinition = {
  name: "import",
  summary: "take in a published file of weights that came by other means",
  examples: [
    "permafrost weights import vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "permafrost weights import ~/Downloads/weights.h5 --base mobilenet",
  ],
  declare(command) {
    command
      .argument("<file>", "the file; it is copied")
      .option("--base <name>", "the network that it is for (default: by its digest, else by its name)");
    declareTop(command);
    declareFolder(command);
  },
  async run([file], options, { output, environment }) {
    const { importWeights } = await import("../../recipes/weightFiles.ts");
    const { base, top } = options;
    const taken = await importWeights(String(file), {
      ...folderOf(options),
      environment,
      includeTop: top === true,
      ...(typeof base === "string" ? { base } : {}),
    });
    output.print(`${taken.name}: ${taken.path}`);
    output.print(
      `  sha256 ${taken.sha256}, ${taken.isPinned ? "the published" : "taken for"} ${taken.origin}`,
    );
    if (!taken.isPinned)
      output.warn(
        "Its authors publish no digest, so nothing tells whether it is that file. From now on it is held against the one above.",
      );
    output.emit({ event: "weights", ...taken });
    return exitCodes.done;
  },
};

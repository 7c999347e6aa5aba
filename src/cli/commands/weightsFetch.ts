import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { declareFetchOptions, fetchOf } from "../fetchOptions.ts";
import { declareFolder, declareTop, folderOf } from "./weightsFolder.ts";

export const weightsFetch: CommandDefinition = {
  name: "fetch",
  summary: "fetch weights now, so that they are here later without a network",
  examples: [
    "permafrost weights fetch vgg16 mobilenet_v2",
    "permafrost weights fetch vgg16 --mirror https://weights.example.org/",
    "permafrost weights fetch hf:<owner>/<repository>/model.onnx",
  ],
  declare(command) {
    command.argument("<base...>", "base networks by name, or hf:<owner>/<repository>[/<file>][@<revision>]");
    declareTop(command);
    declareFetchOptions(command);
    declareFolder(command);
  },
  async run([names], options, { output, environment, signal }) {
    const { fetchWeights } = await import("../../recipes/weightFiles.ts");
    for (const name of names as readonly string[]) {
      const fetched = await fetchWeights(name, options["top"] === true, {
        ...fetchOf(options),
        ...folderOf(options),
        environment,
        signal,
        onProgress: output.onProgress,
        onNote: (text) => output.warn(text),
      });
      output.print(`${name}: ${fetched.path}`);
      output.print(`  sha256 ${fetched.sha256}, from ${fetched.origin}`);
      output.emit({ event: "weights", ...fetched });
    }
    return exitCodes.done;
  },
};

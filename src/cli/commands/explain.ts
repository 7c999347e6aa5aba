import { decimal } from "../../evaluation/report/format.ts";
import type { ExplanationMethod } from "../../recipes/explainImages.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { oneOf } from "../options.ts";
import { percent, table } from "../text.ts";

const methods = [
  "grad-cam",
  "occlusion",
  "integrated-gradients",
] as const satisfies readonly ExplanationMethod[];

export const explain: CommandDefinition = {
  name: "explain",
  summary: "show which places of a photo speak for a class",
  examples: [
    "permafrost explain runs/photos new/cat.jpg --out explained",
    'permafrost explain runs/photos "new/*.jpg" --method occlusion --class dogs --out why-dogs',
    "permafrost explain runs/photos new/ --method grad-cam --layer expanded_conv_8 --out early",
  ],
  declare(command) {
    command
      .argument("<bundle>", "folder that train has written")
      .argument("<images...>", "files, folders or globs")
      .option("--method <name>", methods.join(", "), oneOf(...methods), "grad-cam")
      .option(
        "--class <name>",
        "the class, label or value to explain (default: the most probable one of each photo, the first value)",
      )
      .option("--layer <name>", "of grad-cam: whose maps are looked at (default: the last ones)")
      .option("--out <folder>", "new folder for the overlays (PNG) and their page", "explained");
  },
  async run([bundle, images], options, { output, signal, commandLine }) {
    const { explainImages } = await import("../../recipes/explainImages.ts");
    const result = await explainImages(
      {
        bundle: String(bundle),
        images: (images as string[]).map(String),
        method: options["method"] as ExplanationMethod,
        out: String(options["out"]),
        commandLine,
        ...(typeof options["class"] === "string" ? { className: options["class"] } : {}),
        ...(typeof options["layer"] === "string" ? { layer: options["layer"] } : {}),
      },
      { onProgress: output.onProgress, onWarning: (text) => output.warn(text), signal },
    );
    for (const explanation of result.explanations) output.emit({ event: "explanation", ...explanation });
    if (result.explanations.length > 0) {
      output.print(
        table(
          ["image", "explained", "overlay"],
          result.explanations.map((one) => [
            one.path,
            `${one.className} ${result.task === "regression" ? decimal(one.probability) : percent(one.probability)}`,
            one.overlay,
          ]),
        ),
      );
      output.print(`Page: ${result.page}`);
    }
    for (const file of result.skipped) {
      output.note(`skipped ${file.path}: ${file.reason}`);
      output.emit({ event: "skipped", ...file });
    }
    return result.skipped.length > 0 ? exitCodes.skipped : exitCodes.done;
  },
};

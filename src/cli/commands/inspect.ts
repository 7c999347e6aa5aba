import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { count, percent, table } from "../text.ts";

export const inspect: CommandDefinition = {
  name: "inspect",
  summary: "show what is in a bundle: classes, base, head, preprocessing, scores, origin",
  examples: ["permafrost inspect runs/photos", "permafrost inspect runs/photos --json"],
  declare(command) {
    command.argument("<bundle>", "folder that train has written");
  },
  async run([bundle], _options, { output }) {
    const { describeBundle } = await import("../../recipes/describeBundle.ts");
    const description = await describeBundle(String(bundle));
    output.print(
      [
        `Bundle   ${description.path} (version ${description.version})`,
        `Classes  ${description.classes.join(", ")}`,
        `Base     ${description.base.name}, weights sha256 ${description.base.weightsDigest.slice(0, 16)}${description.base.embedded ? ", embedded" : ""}`,
        `Head     ${description.head.layers.join(" > ")} (${count(description.head.parameters)} parameters)`,
        `Input    ${description.input}`,
        `Numerics ${description.run.numericsClass}`,
        `Made by  ${description.run.command}`,
        "",
        table(
          ["split", "accuracy", "loss"],
          Object.entries(description.metrics).map(([split, metrics]) => [
            split,
            percent(metrics.accuracy),
            metrics.loss.toFixed(4),
          ]),
        ),
      ].join("\n"),
    );
    output.emit({ event: "bundle", ...description });
    return exitCodes.done;
  },
};

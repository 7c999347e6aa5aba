import type { BaseInfo } from "../../recipes/listBases.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { count, table } from "../text.ts";
import { declareStore, storeOf } from "./storeOption.ts";

export const bases: CommandDefinition = {
  name: "bases",
  summary: "list the base networks: size, features, licence, whether they are here, how fast",
  examples: ["permafrost bases", "permafrost bases --json"],
  declare: declareStore,
  async run(_positional, options, context) {
    const { listBases } = await import("../../recipes/listBases.ts");
    const { output, environment } = context;
    const found = await listBases(await storeOf(options, context), { environment });
    output.print(
      table(
        ["base", "input", "parameters", "features", "weights", "licence", "here", "images/s here"],
        found.map(line),
      ),
    );
    output.print("");
    if (found.every(({ rate }) => rate === undefined))
      output.print("images/s here: nothing was measured on this machine yet; train and plan note it.");
    output.print(
      "Weights that are not here are fetched when a base is named: permafrost train photos/ --base vgg16, or before: permafrost weights fetch vgg16.",
    );
    output.emit({ event: "bases", bases: found });
    return exitCodes.done;
  },
};

function line({ name, input, parameters, features, weights, rate }: BaseInfo): readonly string[] {
  return [
    name,
    `${input.size} x ${input.size}`,
    count(parameters),
    count(features),
    sources[weights.from],
    weights.licence ?? "",
    weights.from === "none" ? "" : weights.here ? "yes" : "no",
    rate === undefined ? "" : speed(rate, input.size),
  ];
}

const sources = { package: "in the package", published: "Keras's", none: "none" } as const;

/** `312`, of another size than the usual `840 at 96`, tried only `~300`. */
function speed({ imagesPerSecond, size, source }: NonNullable<BaseInfo["rate"]>, usual: number): string {
  const rate = imagesPerSecond < 10 ? imagesPerSecond.toFixed(1) : count(Math.round(imagesPerSecond));
  return `${source === "trial" ? "~" : ""}${rate}${size === undefined || size === usual ? "" : ` at ${size}`}`;
}

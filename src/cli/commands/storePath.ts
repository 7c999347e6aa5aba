import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { declareStore, storeOf } from "./storeOption.ts";

export const storePath: CommandDefinition = {
  name: "path",
  summary: "print the store's folder",
  examples: ["permafrost store path", 'du -sh "$(permafrost store path)"'],
  declare: declareStore,
  async run(_positional, options, context) {
    const folder = await storeOf(options, context);
    context.output.print(folder);
    context.output.emit({ event: "store", folder });
    return exitCodes.done;
  },
};

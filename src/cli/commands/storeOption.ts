import type { Command } from "commander";
import type { CommandContext } from "../command.ts";

/** Declares the option that every store command has. */
export function declareStore(command: Command): void {
  command.option("--store <folder>", "the feature store (default: where features are kept)");
}

/** The store that a command is meant for. */
export async function storeOf(
  options: Readonly<Record<string, unknown>>,
  { environment }: Pick<CommandContext, "environment">,
): Promise<string> {
  const { storeFolder } = await import("../../features/storeFolder.ts");
  return typeof options["store"] === "string" ? options["store"] : storeFolder(environment);
}

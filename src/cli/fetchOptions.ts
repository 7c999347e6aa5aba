import type { Command } from "commander";
import { basePlace } from "./basePlace.ts";

/** Declares where the weights of a base are taken from. */
export function declareWeightOptions(command: Command): void {
  command.option(
    "--weights <file>",
    "weights for the base: a file of any format, or hf:<owner>/<repository>/<file>",
  );
  declareFetchOptions(command);
}

/** Declares what may be fetched from where. */
export function declareFetchOptions(command: Command): void {
  command
    .option("--offline", "never touch the network: weights must be here already")
    .option("--mirror <address>", "folder of weight files to fetch from, in place of their origins");
}

/** What `declareWeightOptions` has read. */
export function weightsOf(options: Readonly<Record<string, unknown>>): {
  readonly weights?: string;
  readonly offline?: boolean;
  readonly mirror?: string;
} {
  const { weights } = options;
  return { ...(typeof weights === "string" ? { weights: basePlace(weights) } : {}), ...fetchOf(options) };
}

/** What `declareFetchOptions` has read. */
export function fetchOf({ offline, mirror }: Readonly<Record<string, unknown>>): {
  readonly offline?: boolean;
  readonly mirror?: string;
} {
  return {
    ...(offline === true ? { offline } : {}),
    ...(typeof mirror === "string" ? { mirror } : {}),
  };
}

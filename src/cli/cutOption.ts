import type { Command } from "commander";

/** Declares where a base ends. */
export function declareCutOption(command: Command): void {
  command.option(
    "--cut <layer>",
    "with which layer or block the base ends, of an ONNX file with which value (default: before its classifier)",
  );
}

/** What `declareCutOption` has read. */
export function cutOf({ cut }: Readonly<Record<string, unknown>>): { readonly cut?: string } {
  return typeof cut === "string" ? { cut } : {};
}

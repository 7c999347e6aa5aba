import type { Command } from "commander";

/** Declares the option that every weights command has. */
export function declareFolder(command: Command): void {
  command.option("--folder <folder>", "the folder of weights (default: permafrost weights path shows it)");
}

/** The folder that a command is meant for, if it names one. */
export function folderOf({ folder }: Readonly<Record<string, unknown>>): { readonly folder?: string } {
  return typeof folder === "string" ? { folder } : {};
}

/** Declares the option that chooses between the two files of a network. */
export function declareTop(command: Command): void {
  command.option("--top", "the file with the classifier of ImageNet's 1000 classes");
}

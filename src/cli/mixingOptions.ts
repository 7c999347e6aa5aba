import type { Command } from "commander";
import type { TrainingRequest } from "../recipes/request/training.ts";
import { positiveNumber } from "./options.ts";

/** Declares how the pictures of a training batch are mixed. */
export function declareMixingOptions(command: Command): void {
  command
    .option(
      "--mixup <alpha>",
      "blend the pictures of each batch, and their labels; 0.2 is usual",
      positiveNumber,
    )
    .option(
      "--cutmix <alpha>",
      "put parts of pictures into others, labels likewise; 1 is usual",
      positiveNumber,
    );
}

/** How the pictures of a batch are mixed; nothing where nothing is said. */
export function mixingOf({
  mixup,
  cutmix,
}: Readonly<Record<string, unknown>>): Pick<TrainingRequest, "mixing"> {
  const mixing = {
    ...(typeof mixup === "number" ? { mixup } : {}),
    ...(typeof cutmix === "number" ? { cutmix } : {}),
  };
  return Object.keys(mixing).length === 0 ? {} : { mixing };
}

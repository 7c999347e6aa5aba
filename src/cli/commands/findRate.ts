import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { positiveInteger, positiveNumber } from "../options.ts";
import { declareTrainingOptions, trainingRequest } from "../trainingOptions.ts";

export const findRate: CommandDefinition = {
  name: "find-rate",
  summary: "suggest a learning rate: train a little with rates from low to high",
  examples: [
    "permafrost find-rate photos/",
    "permafrost find-rate photos/ --head dense:256,dropout:0.5 --optimizer rmsprop --out rates.html",
    "permafrost find-rate photos/ --unfreeze last:2 --steps 60 --json",
  ],
  declare(command) {
    command
      .argument("<folder>", "class folders, train/validation/test folders, or a manifest")
      .option("--lowest <x>", "rate of the first step", positiveNumber, 1e-7)
      .option(
        "--highest <x>",
        "rate of the last step, if the loss does not diverge before",
        positiveNumber,
        10,
      )
      .option("--steps <n>", "steps from the lowest to the highest", positiveInteger, 100)
      .option("--out <file>", "HTML page with the curve");
    declareTrainingOptions(command);
  },
  async run([folder], options, context) {
    const { output, signal } = context;
    const { findRate: find } = await import("../../recipes/findRate.ts");
    const { ending, ratePage, verdict } = await import("../../recipes/ratePage.ts");
    const page = options["out"];
    const { out: _, ...training } = options;
    const request = await trainingRequest(String(folder), training, context);
    const test = {
      lowest: Number(options["lowest"]),
      highest: Number(options["highest"]),
      steps: Number(options["steps"]),
    };
    const found = await find(
      { ...request, test },
      { onProgress: output.onProgress, onWarning: (text) => output.warn(text), signal },
    );
    const { computed, reused } = found.forwards;
    output.print(`${verdict(found)} ${ending(found)}`);
    output.print(`Base network: ${computed} forwards computed, ${reused} features reused from the store.`);
    if (found.skipped.length > 0)
      output.warn(`${found.skipped.length} files cannot be used; permafrost scan shows them.`);
    if (typeof page === "string") {
      const { writeFileAtomic } = await import("../../base/files.ts");
      await writeFileAtomic(page, ratePage(found));
      output.print(`Page: ${page}`);
    }
    output.emit({ event: "rate", ...found, ...(typeof page === "string" ? { page } : {}) });
    return exitCodes.done;
  },
};

import type { TaskScores } from "../../evaluation/taskScores.ts";
import type { JudgedPrediction, JudgedTarget } from "../../recipes/evaluateClassifier.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { oneOf } from "../options.ts";
import { scoreTables } from "../scoreTable.ts";

export const evaluate: CommandDefinition = {
  name: "evaluate",
  summary: "measure a classifier on labelled photos",
  examples: [
    "permafrost evaluate runs/photos photos/",
    "permafrost evaluate runs/photos photos/ --split test --json",
  ],
  declare(command) {
    command
      .argument("<bundle>", "folder that train has written")
      .argument("<folder>", "labelled photos: class folders, split folders or a manifest")
      .option(
        "--split <name>",
        "which split of the folder (default: test if it has one, else validation, else all)",
        oneOf("train", "validation", "test", "all"),
      )
      .option("--labels <file>", "table of labels or values of the photos in the folder")
      .option("--store <folder>", "where features are kept");
  },
  async run([bundle, folder], options, { output, signal, environment }) {
    const { evaluateClassifier } = await import("../../recipes/evaluateClassifier.ts");
    const { storeFolder } = await import("../../features/storeFolder.ts");
    const result = await evaluateClassifier<TaskScores, JudgedPrediction | JudgedTarget>(
      {
        bundle: String(bundle),
        data: String(folder),
        store: typeof options["store"] === "string" ? options["store"] : storeFolder(environment),
        ...(typeof options["labels"] === "string" ? { labels: options["labels"] } : {}),
        ...(typeof options["split"] === "string" ? { split: options["split"] } : {}),
      },
      { onProgress: output.onProgress, onWarning: (text) => output.warn(text), signal },
    );
    output.print(scoreTables(result.split, result.scores));
    for (const file of result.skipped) output.note(`skipped ${file.path}: ${file.reason}`);
    const { predictions, ...summary } = result;
    for (const prediction of predictions) output.emit({ event: "prediction", ...prediction });
    output.emit({ event: "result", ...summary });
    return result.skipped.length > 0 ? exitCodes.skipped : exitCodes.done;
  },
};

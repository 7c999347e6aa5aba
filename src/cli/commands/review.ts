import { curveText } from "../../evaluation/report/reviewPage.ts";
import { trainingDefaults } from "../../recipes/request/trainingDefaults.ts";
import type { ReviewResult } from "../../recipes/reviewImages.ts";
import { basePlace } from "../basePlace.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { fraction, naturalNumber } from "../options.ts";
import { percent, table } from "../text.ts";

export const review: CommandDefinition = {
  name: "review",
  summary: "find wrong labels, copies and odd ones out in labelled photos",
  examples: [
    "permafrost review photos/",
    "permafrost review photos/ --base runs/photos --out review-photos",
    "permafrost train photos/ --relabel review/relabel.csv --exclude review/copies.csv",
  ],
  declare(command) {
    command
      .argument("<folder>", "class folders, train/validation/test folders, or a manifest")
      .option(
        "--base <name>",
        "base network whose features are compared, or a bundle whose base is taken",
        trainingDefaults.base,
      )
      .option("--out <folder>", "where the page and the lists go", "review")
      .option(
        "--validation-split <x>",
        "part held back where the folder gives no validation, as in train",
        fraction,
        trainingDefaults.validationSplit,
      )
      .option("--seed <n>", "seed of the split", naturalNumber, trainingDefaults.seed)
      .option("--store <folder>", "where features are kept");
  },
  async run([folder], options, { output, signal, environment, commandLine }) {
    const { reviewImages } = await import("../../recipes/reviewImages.ts");
    const { storeFolder } = await import("../../features/storeFolder.ts");
    const result = await reviewImages(
      {
        data: String(folder),
        base: basePlace(String(options["base"])),
        out: String(options["out"]),
        validationSplit: Number(options["validationSplit"]),
        seed: Number(options["seed"]),
        store: typeof options["store"] === "string" ? options["store"] : storeFolder(environment),
        commandLine,
      },
      { onProgress: output.onProgress, onWarning: (text) => output.warn(text), signal },
    );
    output.print(describe(result));
    for (const file of result.skipped) output.note(`skipped ${file.path}: ${file.reason}`);
    output.emit({ event: "result", ...result });
    return result.skipped.length > 0 ? exitCodes.skipped : exitCodes.done;
  },
};

/** Lines of each kind on the terminal; the lists have all. */
const shown = 10;

function describe({
  images,
  accuracy,
  issues,
  copies,
  outliers,
  curve,
  out,
  page,
  forwards,
}: ReviewResult): string {
  const leaks = copies.filter((group) => new Set(group.images.map(({ split }) => split)).size > 1).length;
  return [
    `${images} images; ${percent(accuracy)} agree with a classifier that has not seen them.`,
    `${issues.length} labels are probably wrong, ${copies.length} pictures are there more than once (${leaks} across splits), ${outliers.length} images look like no other.`,
    ...(issues.length === 0
      ? []
      : [
          "",
          table(
            ["image", "label", "probably", ""],
            issues
              .slice(0, shown)
              .map((one) => [one.name, one.className, one.suggested, percent(one.suggestedProbability)]),
          ),
        ]),
    ...(curve === undefined ? [] : ["", `Would more photos help? ${curveText(curve)}`]),
    "",
    `Base network: ${forwards.computed} forwards computed, ${forwards.reused} features reused from the store.`,
    `No image was changed. Lists for train --relabel and --exclude: ${out}. Page: ${page}`,
  ].join("\n");
}

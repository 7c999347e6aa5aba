import { curveText } from "../../evaluation/report/review/curveSection.ts";
import { reviewSentence } from "../../evaluation/report/review/reviewSentence.ts";
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
    "permafrost review runs/photos",
    "permafrost review photos/ --base runs/photos --out review-photos",
    "permafrost train photos/ --relabel review/relabel.csv --exclude review/copies.csv",
  ],
  declare(command) {
    command
      .argument(
        "<place>",
        "class folders, train/validation/test folders, a manifest, or a bundle: the photos that it was trained on",
      )
      .option(
        "--base <name>",
        `base network whose features are compared, or a bundle whose base is taken (default: the bundle's, or ${trainingDefaults.base})`,
      )
      .option("--out <folder>", "where the page and the lists go", "review")
      .option(
        "--validation-split <x>",
        `part held back where the folder gives no validation (default: as in the bundle's training, or ${trainingDefaults.validationSplit})`,
        fraction,
      )
      .option(
        "--seed <n>",
        `seed of the split (default: as in the bundle's training, or ${trainingDefaults.seed})`,
        naturalNumber,
      )
      .option("--store <folder>", "where features are kept");
  },
  async run([place], options, { output, signal, environment, commandLine }) {
    const { reviewImages } = await import("../../recipes/reviewImages.ts");
    const { storeFolder } = await import("../../features/storeFolder.ts");
    const result = await reviewImages(
      {
        place: String(place),
        out: String(options["out"]),
        ...(typeof options["base"] === "string" ? { base: basePlace(options["base"]) } : {}),
        ...(typeof options["validationSplit"] === "number"
          ? { validationSplit: options["validationSplit"] }
          : {}),
        ...(typeof options["seed"] === "number" ? { seed: options["seed"] } : {}),
        store: typeof options["store"] === "string" ? options["store"] : storeFolder(environment),
        commandLine,
      },
      { onProgress: output.onProgress, onWarning: (text) => output.warn(text), signal },
    );
    output.print(describe(result));
    for (const file of result.kept) output.note(`an earlier list had other lines and is kept: ${file}`);
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
  return [
    reviewSentence({ images, issues, copies, outliers }),
    `${percent(accuracy)} of the labels agree with a classifier that has not seen them.`,
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

import { type Command, InvalidArgumentError } from "commander";
import { PermafrostError } from "../base/errors.ts";
import { storeFolder } from "../features/storeFolder.ts";
import type { ComparisonRequest } from "../recipes/compareMethods.ts";
import { comparisonDefaults } from "../recipes/comparison/comparisonRequest.ts";
import { optimizerNames, trainingDefaults } from "../recipes/request/trainingDefaults.ts";
import { augmentationOf } from "./augmentationOptions.ts";
import { basePlace } from "./basePlace.ts";
import type { CommandContext } from "./command.ts";
import { fraction, naturalNumber, oneOf, positiveInteger, positiveNumber } from "./options.ts";

/** Declares what all methods of a comparison have in common. */
export function declareComparisonOptions(command: Command): void {
  const defaults = trainingDefaults;
  command
    .option(
      "--methods <list>",
      "some of fast, pool:<views>, fresh, fine-tune, end-to-end, leaking-freeze, autoencoder, joint, logistic, ridge, knn, nearest-mean",
      comparisonDefaults.methods,
    )
    .option(
      "--recipe <name>",
      "thread: the book's ways and what people ask about them; book-5.3: the same with the book's settings",
    )
    .option(
      "--seeds <n>",
      "runs of each method that hangs on chance",
      positiveInteger,
      comparisonDefaults.seeds,
    )
    .option("--budget <time>", "leave out what does not fit: 90s, 20min, 2h (default: no limit)", timeSpan)
    .option("--base <name>", "base network, or a bundle whose base is taken", defaults.base)
    .option("--head <layers>", "linear, or layers such as dense:256,dropout:0.5", defaults.head)
    .option("--epochs <n>", "of every training", positiveInteger, comparisonDefaults.epochs)
    .option("--batch-size <n>", "images a training step", positiveInteger, defaults.batchSize)
    .option("--learning-rate <x>", "step size (default: each method's usual one)", positiveNumber)
    .option("--optimizer <name>", optimizerNames.join(", "), oneOf(...optimizerNames), defaults.optimizer)
    .option(
      "--augment <name>",
      "how pool, fresh and others vary images: flip, light, book, strong, or a file",
      comparisonDefaults.augment,
    )
    .option("--draw-seed <n>", "seed of the draws alone", naturalNumber, 0)
    .option("--image-size <pixels>", "side of the square the base sees", positiveInteger)
    .option(
      "--validation-split <x>",
      "part held back where the folder gives no validation",
      fraction,
      defaults.validationSplit,
    )
    .option(
      "--seed <n>",
      "of the split and the first run; the other runs follow",
      naturalNumber,
      defaults.seed,
    )
    .option("--store <folder>", "where features are kept (default: permafrost doctor shows it)")
    .option("--no-resume", "run anew what an earlier comparison in the folder has finished");
}

/** The request that a command line makes. */
export async function comparisonRequest(
  data: string,
  options: Readonly<Record<string, unknown>>,
  { environment, commandLine }: Pick<CommandContext, "environment" | "commandLine">,
): Promise<ComparisonRequest> {
  const { store, imageSize, learningRate, budget, recipe } = options;
  const augmentation = await augmentationOf(options);
  if (augmentation === undefined) throw noAugmentation();
  return {
    data,
    methods: String(options["methods"]),
    seeds: Number(options["seeds"]),
    base: basePlace(String(options["base"])),
    head: String(options["head"]),
    epochs: Number(options["epochs"]),
    batchSize: Number(options["batchSize"]),
    optimizer: String(options["optimizer"]),
    validationSplit: Number(options["validationSplit"]),
    seed: Number(options["seed"]),
    augmentation,
    out: String(options["out"]),
    store: typeof store === "string" ? store : storeFolder(environment),
    commandLine,
    resume: options["resume"] !== false,
    ...(typeof recipe === "string" ? { recipe } : {}),
    ...(typeof budget === "number" ? { budget } : {}),
    ...(typeof imageSize === "number" ? { imageSize } : {}),
    ...(typeof learningRate === "number" ? { learningRate } : {}),
  };
}

function noAugmentation(): PermafrostError {
  return new PermafrostError(
    "INVALID_ARGUMENT",
    "--augment none: pool, fresh and others need something to draw from. Name flip, light, book, strong or a file, or leave it out; fast never uses it.",
  );
}

/** `90s`, `20min` or `2h`, in seconds. */
export function timeSpan(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(s|min|h)$/.exec(text.trim()) ?? [];
  const seconds = Number(number) * ({ s: 1, min: 60, h: 3600 }[unit ?? ""] ?? Number.NaN);
  if (seconds > 0) return seconds;
  throw new InvalidArgumentError(`Expected a time such as 90s, 20min or 2h, got ${JSON.stringify(text)}.`);
}

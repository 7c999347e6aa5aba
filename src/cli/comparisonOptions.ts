import { type Command, InvalidArgumentError } from "commander";
import { PermafrostError } from "../base/errors.ts";
import { storeFolder } from "../features/storeFolder.ts";
import type { ComparisonRequest } from "../recipes/compareMethods.ts";
import { comparisonDefaults } from "../recipes/comparison/comparisonRequest.ts";
import { optimizerNames, trainingDefaults } from "../recipes/request/trainingDefaults.ts";
import { augmentationOf } from "./augmentationOptions.ts";
import { basePlace } from "./basePlace.ts";
import type { CommandContext } from "./command.ts";
import { cutOf, declareCutOption } from "./cutOption.ts";
import { fraction, naturalNumber, oneOf, positiveInteger, positiveNumber } from "./options.ts";

/** Declares what all methods of a comparison have in common. */
export function declareComparisonOptions(command: Command): void {
  const defaults = trainingDefaults;
  command
    .option(
      "--methods <list>",
      `some of fast, pool:<views>, fresh, fine-tune, end-to-end, leaking-freeze, autoencoder, joint, logistic, ridge, knn, nearest-mean ${usual(comparisonDefaults.methods)}`,
    )
    .option(
      "--recipe <name>",
      "thread: the book's ways and what people ask about them; book-5.3: the same with the book's settings, but for those that you give",
    )
    .option(
      "--seeds <n>",
      "runs of each method that hangs on chance",
      positiveInteger,
      comparisonDefaults.seeds,
    )
    .option("--budget <time>", "leave out what does not fit: 90s, 20min, 2h (default: no limit)", timeSpan)
    .option("--base <name>", "base network, or a bundle whose base is taken", defaults.base);
  declareCutOption(command);
  command
    .option("--head <layers>", `linear, or layers such as dense:256,dropout:0.5 ${usual(defaults.head)}`)
    .option("--epochs <n>", `of every training ${usual(comparisonDefaults.epochs)}`, positiveInteger)
    .option("--batch-size <n>", `images a training step ${usual(defaults.batchSize)}`, positiveInteger)
    .option("--learning-rate <x>", "step size (default: each method's usual one)", positiveNumber)
    .option(
      "--optimizer <name>",
      `${optimizerNames.join(", ")} ${usual(defaults.optimizer)}`,
      oneOf(...optimizerNames),
    )
    .option(
      "--augment <name>",
      `how pool, fresh and others vary images: flip, light, book, strong, or a file ${usual(comparisonDefaults.augment)}`,
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
  const { store, budget, recipe } = options;
  const augmentation = await augmentationOf({ augment: comparisonDefaults.augment, ...options });
  if (augmentation === undefined) throw noAugmentation();
  return {
    data,
    methods: comparisonDefaults.methods,
    head: trainingDefaults.head,
    epochs: comparisonDefaults.epochs,
    batchSize: trainingDefaults.batchSize,
    optimizer: trainingDefaults.optimizer,
    ...givenSettings(options),
    seeds: Number(options["seeds"]),
    base: basePlace(String(options["base"])),
    ...cutOf(options),
    validationSplit: Number(options["validationSplit"]),
    seed: Number(options["seed"]),
    augmentation,
    out: String(options["out"]),
    store: typeof store === "string" ? store : storeFolder(environment),
    commandLine,
    resume: options["resume"] !== false,
    fixed: fixedSettings(options),
    ...(typeof recipe === "string" ? { recipe } : {}),
    ...(typeof budget === "number" ? { budget } : {}),
  };
}

/** Settings that a recipe may have too, where the user gives them. */
const settings = [
  "methods",
  "head",
  "epochs",
  "batchSize",
  "optimizer",
  "learningRate",
  "imageSize",
] as const;

function givenSettings(options: Readonly<Record<string, unknown>>): Partial<ComparisonRequest> {
  return Object.fromEntries(
    settings.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}

/** What the user said goes before what a recipe says. */
function fixedSettings(options: Readonly<Record<string, unknown>>): readonly (keyof ComparisonRequest)[] {
  const given = settings.filter((name) => options[name] !== undefined);
  return [
    ...given,
    ...(options["augment"] === undefined ? [] : (["augmentation"] as const)),
    ...(options["epochs"] === undefined ? [] : (["fineTuneEpochs"] as const)),
  ];
}

/** Options without a value of their own tell what is taken: with a recipe, that of the recipe. */
function usual(value: string | number): string {
  return `(default: ${JSON.stringify(value)}, or the recipe's)`;
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

import path from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { DrawPolicy } from "../augmentation/draw.ts";
import { PermafrostError } from "../base/errors.ts";
import { didYouMean } from "../base/names.ts";
import { targetTasks } from "../data/dataset.ts";
import { type StoreDtype, storeDtypes } from "../features/key.ts";
import { storeFolder } from "../features/storeFolder.ts";
import type { TrainingRequest } from "../recipes/request/training.ts";
import { optimizerNames, trainingDefaults } from "../recipes/request/trainingDefaults.ts";
import { augmentationOf } from "./augmentationOptions.ts";
import { basePlace, preprocessingPlace } from "./basePlace.ts";
import type { CommandContext } from "./command.ts";
import { cutOf, declareCutOption } from "./cutOption.ts";
import { declareWeightOptions, weightsOf } from "./fetchOptions.ts";
import { declareFineTuningOptions, fineTuningOf } from "./fineTuningOptions.ts";
import { declareMixingOptions, mixingOf } from "./mixingOptions.ts";
import { fraction, naturalNumber, oneOf, positiveInteger, positiveNumber } from "./options.ts";

/** Declares what training can be told, the same for `train`, `plan` and `verify`. */
export function declareTrainingOptions(command: Command): void {
  declareBaseOptions(command);
  command
    .option(
      "--head <layers>",
      "linear, layers such as dense:256,dropout:0.5, or solved for: logistic, ridge, nearest-mean",
      trainingDefaults.head,
    )
    .option("--epochs <n>", "passes over the training images", positiveInteger, trainingDefaults.epochs)
    .option("--batch-size <n>", "images a training step", positiveInteger, trainingDefaults.batchSize)
    .option("--learning-rate <x>", "step size (default: the optimizer's usual one)", positiveNumber)
    .option(
      "--optimizer <name>",
      optimizerNames.join(", "),
      oneOf(...optimizerNames),
      trainingDefaults.optimizer,
    )
    .option(
      "--validation-split <x>",
      "part held back where the folder gives no validation",
      fraction,
      trainingDefaults.validationSplit,
    )
    .option(
      "--task <name>",
      "multilabel (any number of labels a photo) or regression (numbers), from a table",
      oneOf(...targetTasks),
    )
    .option("--labels <file>", "table for --task: .csv, .tsv, .json or .jsonl with one row a photo")
    .option("--exclude <file>", "CSV list of images to leave out (column path), as review writes it")
    .option("--relabel <file>", "CSV list of images of another class (columns path, label)")
    .option("--class-weight <how>", "balanced: rare classes count more", oneOf("balanced"))
    .option(
      "--augment <name>",
      "vary training images: none, flip, light, book, strong, or a .json or .toml file",
      "none",
    )
    .option(
      "--draws <how>",
      "another draw every epoch (fresh), one of K an image (pool:K), or none (default: fresh with --augment)",
      drawPolicy,
    )
    .option("--draw-seed <n>", "seed of the draws alone", naturalNumber, 0)
    .option("--image-size <pixels>", "side of the square the base sees", positiveInteger)
    .option(
      "--seed <n>",
      "seed of splits, initial weights, order and dropout",
      naturalNumber,
      trainingDefaults.seed,
    )
    .option("--store <folder>", "where features are kept (default: permafrost doctor shows it)")
    .option(
      "--store-dtype <type>",
      "float32 keeps features exactly; float16 and bfloat16 take half the room and round them",
      oneOf(...storeDtypes),
      "float32",
    );
  declareWeightOptions(command);
  declareMixingOptions(command);
  declareFineTuningOptions(command);
}

function declareBaseOptions(command: Command): void {
  command.option(
    "--base <name>",
    "base network (see permafrost bases), a bundle, a model or weights file, or hf:<owner>/<repository>",
    trainingDefaults.base,
  );
  declareCutOption(command);
  command.option(
    "--preprocessing <how>",
    "of a model file: imagenet, tf, caffe, rescale, none, or of an ONNX file a preprocessor_config.json",
  );
}

/** The request that a command line makes. */
export async function trainingRequest(
  data: string,
  options: Readonly<Record<string, unknown>>,
  { environment, commandLine }: Pick<CommandContext, "environment" | "commandLine">,
): Promise<TrainingRequest> {
  const augmentation = await augmentationOf(options);
  const task = taskOf(options);
  return {
    data,
    base: basePlace(String(options["base"])),
    head: String(options["head"]),
    epochs: Number(options["epochs"]),
    batchSize: Number(options["batchSize"]),
    optimizer: String(options["optimizer"]),
    validationSplit: Number(options["validationSplit"]),
    seed: Number(options["seed"]),
    out: typeof options["out"] === "string" ? options["out"] : path.join("runs", runName(data)),
    embedBase: options["embedBase"] === true,
    store: typeof options["store"] === "string" ? options["store"] : storeFolder(environment),
    commandLine,
    ...task,
    ...weightsOf(options),
    ...(typeof options["exclude"] === "string" ? { exclude: options["exclude"] } : {}),
    ...(typeof options["relabel"] === "string" ? { relabel: options["relabel"] } : {}),
    ...cutOf(options),
    ...preprocessingOf(options),
    ...storeDtypeOf(options["storeDtype"]),
    ...fineTuningOf(options),
    ...mixingOf(options),
    ...(typeof options["learningRate"] === "number" ? { learningRate: options["learningRate"] } : {}),
    ...(augmentation === undefined ? {} : { augmentation }),
    ...(typeof options["imageSize"] === "number" ? { imageSize: options["imageSize"] } : {}),
    ...(options["classWeight"] === "balanced" ? { classWeight: "balanced" as const } : {}),
  };
}

function preprocessingOf({ preprocessing }: Readonly<Record<string, unknown>>): Partial<TrainingRequest> {
  return typeof preprocessing === "string" ? { preprocessing: preprocessingPlace(preprocessing) } : {};
}

/** Another task than classification, with its table. */
function taskOf(options: Readonly<Record<string, unknown>>): Pick<TrainingRequest, "task" | "labels"> {
  const task = targetTasks.find((each) => each === options["task"]);
  if (task !== undefined && options["classWeight"] !== undefined) {
    throw new PermafrostError(
      "INVALID_ARGUMENT",
      `--class-weight: with --task ${task} an image has no class. Leave it out, or give the table a column weight.`,
    );
  }
  const { labels } = options;
  return { ...(task === undefined ? {} : { task }), ...(typeof labels === "string" ? { labels } : {}) };
}

/** Left out for the exact default, so that requests made before it are equal to those made with it. */
function storeDtypeOf(name: unknown): { readonly storeDtype?: StoreDtype } {
  const storeDtype = storeDtypes.find((each) => each === name);
  return storeDtype === undefined || storeDtype === "float32" ? {} : { storeDtype };
}

/** `fresh`, `none` or `pool:5`. */
function drawPolicy(text: string): DrawPolicy {
  if (text === "fresh" || text === "none") return text;
  const [, pool] = /^pool:([1-9]\d{0,5})$/.exec(text) ?? [];
  if (pool !== undefined) return { pool: Number(pool) };
  throw new InvalidArgumentError(
    `Expected fresh, none or pool:<number of draws>, got ${JSON.stringify(text)}.${didYouMean(text, ["fresh", "none", "pool:5"])}`,
  );
}

/** The folder's own name, also for "." and paths that end in a separator. */
function runName(data: string): string {
  return path.parse(path.resolve(data)).name || "run";
}

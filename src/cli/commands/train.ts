import path from "node:path";
import type { TrainingResult } from "../../recipes/trainClassifier.ts";
import type { CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { fraction, naturalNumber, oneOf, positiveInteger, positiveNumber } from "../options.ts";
import { percent, table } from "../text.ts";

export const train: CommandDefinition = {
  name: "train",
  summary: "train a classifier on a folder of photos",
  examples: [
    "permafrost train photos/",
    "permafrost train photos/ --head dense:256,dropout:0.5 --optimizer rmsprop --learning-rate 1e-4 --epochs 30",
    "permafrost train labels.csv --validation-split 0.3 --class-weight balanced --out runs/labels --json",
  ],
  declare(command) {
    command
      .argument(
        "<folder>",
        "class folders, train/validation/test folders, or a manifest (path,label[,split][,weight])",
      )
      .option("--base <name>", "pretrained base network", "mobilenet_v3_small")
      .option("--head <layers>", "linear, or layers such as dense:256,dropout:0.5", "linear")
      .option("--epochs <n>", "passes over the training images", positiveInteger, 30)
      .option("--batch-size <n>", "images a training step", positiveInteger, 32)
      .option("--learning-rate <x>", "step size (default: the optimizer's usual one)", positiveNumber)
      .option(
        "--optimizer <name>",
        "rmsprop, adam, adamw or sgd",
        oneOf("rmsprop", "adam", "adamw", "sgd"),
        "adam",
      )
      .option("--validation-split <x>", "part held back where the folder gives no validation", fraction, 0.2)
      .option("--class-weight <how>", "balanced: rare classes count more", oneOf("balanced"))
      .option("--image-size <pixels>", "side of the square the base sees", positiveInteger)
      .option("--seed <n>", "seed of splits, initial weights, order and dropout", naturalNumber, 0)
      .option("--out <folder>", "where the bundle goes (default: runs/<name of the folder>)")
      .option("--embed-base", "put the base's weights into the bundle too")
      .option("--store <folder>", "where features are kept (default: permafrost doctor shows it)");
  },
  async run([folder], options, { output, signal, environment, commandLine }) {
    const { trainClassifier } = await import("../../recipes/trainClassifier.ts");
    const { storeFolder } = await import("../../features/store.ts");
    const data = String(folder);
    const result = await trainClassifier(
      {
        data,
        base: String(options["base"]),
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
        ...(typeof options["learningRate"] === "number" ? { learningRate: options["learningRate"] } : {}),
        ...(typeof options["imageSize"] === "number" ? { imageSize: options["imageSize"] } : {}),
        ...(options["classWeight"] === "balanced" ? { classWeight: "balanced" as const } : {}),
      },
      {
        onProgress: output.onProgress,
        onEpoch: (epoch) => output.emit({ event: "epoch", ...epoch }),
        onWarning: (text) => output.warn(text),
        signal,
      },
    );
    output.print(describe(result));
    output.emit({ event: "result", ...result });
    return exitCodes.done;
  },
};

/** The folder's own name, also for "." and paths that end in a separator. */
function runName(data: string): string {
  return path.parse(path.resolve(data)).name || "run";
}

function describe(result: TrainingResult): string {
  const { forwards, seconds } = result;
  const lines = [
    `Classes: ${result.classes.join(", ")}`,
    "",
    table(
      ["split", "images", "accuracy", "loss"],
      Object.entries(result.metrics).map(([split, metrics]) => [
        split,
        result.samples[split as keyof typeof result.samples] ?? 0,
        percent(metrics.accuracy),
        metrics.loss.toFixed(4),
      ]),
    ),
    "",
    `Base network: ${forwards.computed} forwards computed, ${forwards.reused} features reused from the store.`,
    `Time: ${Object.entries(seconds)
      .map(([phase, value]) => `${phase} ${value.toFixed(1)} s`)
      .join(", ")}.`,
  ];
  if (result.skipped.length > 0) {
    lines.push(
      `Skipped ${result.skipped.length} files:`,
      ...result.skipped.map((file) => `  ${file.path}: ${file.reason}`),
    );
  }
  lines.push(`Bundle: ${result.bundle}`, `Report: ${result.report}`);
  return lines.join("\n");
}

import path from "node:path";
import { storeFolder } from "../../features/storeFolder.ts";
import {
  type PretrainingRequest,
  type PretrainingResult,
  pretrainingDefaults,
  reconstructionLosses,
} from "../../recipes/pretraining/pretraining.ts";
import { optimizerNames } from "../../recipes/request/trainingDefaults.ts";
import { augmentationOf } from "../augmentationOptions.ts";
import { basePlace } from "../basePlace.ts";
import type { CommandContext, CommandDefinition } from "../command.ts";
import { exitCodes } from "../exitCodes.ts";
import { declareWeightOptions, weightsOf } from "../fetchOptions.ts";
import { newOrUnfinished } from "../newOrUnfinished.ts";
import { fraction, naturalNumber, oneOf, positiveInteger, positiveNumber } from "../options.ts";

export const pretrain: CommandDefinition = {
  name: "pretrain",
  summary: "train an encoder on images without labels; it then serves as --base",
  examples: [
    "permafrost pretrain photos/ --out runs/encoder && permafrost train photos/ --base runs/encoder",
    "permafrost pretrain photos/ --encoder vgg-like --image-size 96 --denoise 0.1 --epochs 50",
    "permafrost pretrain photos/ --encoder mobilenet_v3_small --mask 0.5 --augment light",
    "permafrost pretrain --resume runs/encoder",
  ],
  declare(command) {
    const defaults = pretrainingDefaults;
    command
      .argument("[folder]", "images, searched through; labels and folders of classes do not matter")
      .option("--out <folder>", "where the bundle goes (default: runs/<name of the folder>-encoder)")
      .option(
        "--encoder <name>",
        "small, vgg-like, a base network, or a bundle whose base is trained on",
        defaults.encoder,
      )
      .option(
        "--init <how>",
        "random, or pretrained: the weights that come with the encoder (default: these, if there are any)",
        oneOf("random", "pretrained"),
      )
      .option("--image-size <pixels>", "side of the square the encoder sees", positiveInteger)
      .option("--denoise <x>", "add noise of this deviation (pixels 0 to 1) to what it sees", fraction)
      .option("--mask <x>", "make this share of squares grey in what it sees", fraction)
      .option(
        "--loss <name>",
        "mse: squared error; bce: cross-entropy",
        oneOf(...reconstructionLosses),
        defaults.loss,
      )
      .option("--epochs <n>", "passes over the images", positiveInteger, defaults.epochs)
      .option("--batch-size <n>", "images a training step", positiveInteger, defaults.batchSize)
      .option("--learning-rate <x>", "step size; it falls to 0", positiveNumber, defaults.learningRate)
      .option("--optimizer <name>", optimizerNames.join(", "), oneOf(...optimizerNames), defaults.optimizer)
      .option("--validation-split <x>", "part held back to judge by", fraction, defaults.validationSplit)
      .option(
        "--augment <name>",
        "vary images: none, flip, light, book, strong, or a .json or .toml file",
        "none",
      )
      .option("--seed <n>", "seed of initial weights, order, views and damage", naturalNumber, defaults.seed)
      .option(
        "--store <folder>",
        "where digests of files are remembered (default: permafrost doctor shows it)",
      )
      .option("--resume <run>", "go on with this unfinished run, as it was asked for (no folder needed)")
      .option("--no-resume", "start anew where an unfinished run of the same command is");
    declareWeightOptions(command);
  },
  async run([folder], options, context) {
    const { output, signal } = context;
    const { pretrainEncoder } = await import("../../recipes/pretrainEncoder.ts");
    const request = await newOrUnfinished("pretrain", "images", folder, options, (images) =>
      newRequest(images, options, context),
    );
    const result = await pretrainEncoder(request, {
      onProgress: output.onProgress,
      onEpoch(epoch) {
        output.note(describeEpoch(epoch));
        output.emit({ event: "epoch", ...epoch });
      },
      onSheet: (sheet) => output.emit({ event: "sheet", sheet }),
      onResume(epochs) {
        output.note(`Going on with the unfinished run: ${epochs} epochs are done.`);
        output.emit({ event: "resumed", epochs });
      },
      onWarning: (text) => output.warn(text),
      signal,
    });
    output.print(describe(result));
    output.emit({ event: "result", ...result });
    return exitCodes.done;
  },
};

async function newRequest(
  data: string,
  options: Readonly<Record<string, unknown>>,
  { environment, commandLine }: CommandContext,
): Promise<PretrainingRequest> {
  const { out, store, init, imageSize, denoise, mask } = options;
  const augmentation = await augmentationOf(options);
  const loss = reconstructionLosses.find((each) => each === options["loss"]) ?? pretrainingDefaults.loss;
  return {
    data,
    encoder: basePlace(String(options["encoder"])),
    loss,
    epochs: Number(options["epochs"]),
    batchSize: Number(options["batchSize"]),
    learningRate: Number(options["learningRate"]),
    optimizer: String(options["optimizer"]),
    validationSplit: Number(options["validationSplit"]),
    seed: Number(options["seed"]),
    out:
      typeof out === "string"
        ? out
        : path.join("runs", `${path.parse(path.resolve(data)).name || "run"}-encoder`),
    store: typeof store === "string" ? store : storeFolder(environment),
    commandLine,
    ...weightsOf(options),
    ...(init === "random" || init === "pretrained" ? { initialWeights: init } : {}),
    ...(typeof imageSize === "number" ? { imageSize } : {}),
    ...(typeof denoise === "number" ? { denoise } : {}),
    ...(typeof mask === "number" ? { mask } : {}),
    ...(augmentation === undefined ? {} : { augmentation }),
  };
}

function describeEpoch({ epoch, loss, val_loss: validation }: Readonly<Record<string, number>>): string {
  const others = validation === undefined ? "" : `, on images held back ${validation.toFixed(5)}`;
  return `Epoch ${epoch}: loss ${loss?.toFixed(5)}${others}.`;
}

function describe(result: PretrainingResult): string {
  const { images, history, seconds, skipped } = result;
  const lines = [
    `Encoder ${result.encoder}: ${result.trainableParameters.toLocaleString("en-US")} parameters with its decoder, ${images.train} images, ${images.validation} held back.`,
    `Loss ${history["loss"]?.[0]?.toFixed(5)} in the first epoch, ${history["loss"]?.at(-1)?.toFixed(5)} in the last.`,
    `Time: ${Object.entries(seconds)
      .map(([phase, value]) => `${phase} ${value.toFixed(1)} s`)
      .join(", ")}.`,
  ];
  if (skipped.length > 0) {
    lines.push(
      `Skipped ${skipped.length} files:`,
      ...skipped.map((file) => `  ${file.path}: ${file.reason}`),
    );
  }
  lines.push(
    `Reconstructions: ${result.sheet}`,
    `Bundle: ${result.bundle} (permafrost train photos/ --base ${result.bundle})`,
  );
  return lines.join("\n");
}

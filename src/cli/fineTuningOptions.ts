import type { Command } from "commander";
import type { TrainingRequest } from "../recipes/request/training.ts";
import { trainingRecipes } from "../recipes/request/trainingDefaults.ts";
import { oneOf, positiveInteger, positiveNumber } from "./options.ts";

/** Declares what is trained beside the head. */
export function declareFineTuningOptions(command: Command): void {
  command
    .option(
      "--unfreeze <part>",
      "train a part of the base too: block10 and all behind it, last:3 (blocks), from:<layer> or all",
    )
    .option(
      "--recipe <name>",
      "fine-tune: the head first, then the unfrozen part at a low rate; gradual: block by block",
      oneOf(...trainingRecipes),
    )
    .option("--head-epochs <n>", "of a recipe: epochs of the head alone (default: a third)", positiveInteger)
    .option("--fine-tune-rate <x>", "of a recipe: step size behind the head's phase", positiveNumber)
    .option(
      "--layerwise-decay <x>",
      "factor of the step size from each layer to the one below it: 0.75, for example (default: 1)",
      positiveNumber,
    )
    .option(
      "--bn <mode>",
      "BatchNormalization of unfrozen layers: inference (moving statistics) or train (those of each batch)",
      oneOf("inference", "train"),
      "inference",
    )
    .option(
      "--checkpoint <what>",
      "blocks: compute activations again for the gradients instead of keeping them; less memory, the same bits",
      oneOf("blocks"),
    )
    .option(
      "--compat <version>",
      "keras-2.0.8: train the base though it is shown as frozen, as that version did",
      oneOf("keras-2.0.8"),
    );
}

/** What is trained beside the head; nothing where nothing is said. */
export function fineTuningOf(options: Readonly<Record<string, unknown>>): Partial<TrainingRequest> {
  const { unfreeze, headEpochs, fineTuneRate, layerwiseDecay } = options;
  const recipe = trainingRecipes.find((each) => each === options["recipe"]);
  return {
    ...(typeof unfreeze === "string" ? { unfreeze } : {}),
    ...(recipe === undefined ? {} : { recipe }),
    ...(typeof headEpochs === "number" ? { headEpochs } : {}),
    ...(typeof fineTuneRate === "number" ? { fineTuneRate } : {}),
    ...(typeof layerwiseDecay === "number" ? { layerwiseDecay } : {}),
    ...(options["bn"] === "train" ? { batchNormalization: "train" } : {}),
    ...(options["checkpoint"] === "blocks" ? { checkpoint: "blocks" } : {}),
    ...(options["compat"] === "keras-2.0.8" ? { compat: "keras-2.0.8" } : {}),
  };
}

import path from "node:path";
import { shellWord } from "../../base/shellWord.ts";
import type { SweepCandidate } from "../../evaluation/sweep/sweepReport.ts";
import { storeFolder } from "../../features/storeFolder.ts";
import { drawsName } from "../request/augmentation.ts";
import { trainingDefaults } from "../request/trainingDefaults.ts";
import { sweepAugmentation } from "./sweepFeatures.ts";
import type { SweepRequest } from "./sweepRequest.ts";

/** The command that trains a candidate on the same features: every option whose usual value `train` would not take by itself. */
export function trainCommand(
  { data, base, epochs, batchSize, imageSize, seed, validationSplit, store }: SweepRequest,
  { head, optimizer, learningRate, augment, cut }: SweepCandidate["settings"],
): string {
  const augmentation = sweepAugmentation(augment);
  const usual = trainingDefaults;
  const options: readonly (readonly [string, string | number | undefined, unknown?])[] = [
    ["--base", base, usual.base],
    ["--cut", cut],
    ["--head", head, usual.head],
    ["--optimizer", optimizer, usual.optimizer],
    ["--learning-rate", learningRate],
    ["--epochs", epochs, usual.epochs],
    ["--batch-size", batchSize, usual.batchSize],
    ["--augment", augmentation?.name],
    ["--draws", augmentation && drawsName(augmentation.draws)],
    ["--image-size", imageSize],
    ["--validation-split", validationSplit, usual.validationSplit],
    ["--seed", seed, usual.seed],
    ["--store", path.resolve(store) === storeFolder() ? undefined : store],
  ];
  const words = options.flatMap(([option, value, without]) =>
    value === undefined || value === without ? [] : [option, shellWord(String(value))],
  );
  return ["permafrost train", shellWord(data), ...words].join(" ");
}

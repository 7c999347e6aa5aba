import type { Sample } from "../../data/dataset.ts";
import type { Parameter } from "../../layers/parameter.ts";
import type { Model } from "../../models/functional.ts";
import { float32 } from "../../tensor/tensor.ts";
import type { Targets } from "../../training/samples/targets.ts";
import { type SplitClassifier, splitClassifier } from "../classifier/classifierGraphs.ts";
import { type TaskTraining, taskTraining } from "../classifier/taskTraining.ts";
import { expectedOf } from "../data/expectedTargets.ts";
import type { SplitDataset } from "../data/prepareData.ts";
import type { TrainingRequest } from "../request/training.ts";

/** Why nothing is stored of a training that mixes pictures. */
export const mixingReason =
  "no prefix: mixup and cutmix mix the pictures of a batch anew in every step, so the frozen part runs in every step too.";

/** Why nothing is stored of a training that reconstructs pictures too. */
export const jointReason =
  "no prefix: classifier and reconstruction train the encoder itself, so it runs on every image of every step.";

type Mixed = Pick<TrainingRequest, "mixing">;

/** Whether what the frozen base gives is the same in every epoch, so that it can be kept. */
export function keepsPrefix({ compat, mixing }: Pick<TrainingRequest, "compat" | "mixing">): boolean {
  return compat === undefined && mixing === undefined;
}

/** As `splitClassifier`, but in one piece where pictures are mixed or reconstructed. */
export function trainingSplit(
  model: Model,
  { mixing, joint }: Pick<TrainingRequest, "mixing" | "joint">,
  trained: Iterable<Parameter>,
): Omit<SplitClassifier, "suffix"> {
  if (joint !== undefined) return { prefix: undefined, reason: jointReason };
  return mixing === undefined ? splitClassifier(model, trained) : { prefix: undefined, reason: mixingReason };
}

/** What a task asks of a training; class numbers cannot be mixed, so classes become one-hot rows. */
export function mixedTask(dataset: Pick<SplitDataset, "task">, { mixing }: Mixed): TaskTraining {
  const task = taskTraining(dataset);
  const isMixedClasses = mixing !== undefined && dataset.task === undefined;
  return isMixedClasses ? { ...task, loss: "categoricalCrossentropy" } : task;
}

/** What is expected of each sample, in the form of `mixedTask`. */
export function mixedTargets(dataset: SplitDataset, { mixing }: Mixed, samples: readonly Sample[]): Targets {
  if (mixing === undefined || dataset.task !== undefined) return expectedOf(dataset, samples);
  const width = dataset.classNames.length;
  const rows = new Float32Array(samples.length * width);
  for (const [row, { label }] of samples.entries()) rows[row * width + label] = 1;
  return float32([samples.length, width], rows);
}

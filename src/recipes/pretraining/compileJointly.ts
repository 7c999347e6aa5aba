import { PermafrostError } from "../../base/errors.ts";
import type { Model } from "../../models/functional.ts";
import { reconstructionName } from "../../models/mirror.ts";
import { cosineDecay } from "../../optimizers/schedules/cosineDecay.ts";
import { type Compiled, compileModel } from "../../training/compiled/compile.ts";
import { predictionsName, taskTraining } from "../classifier/taskTraining.ts";
import { optimizerWithRate } from "../phases/fitHead.ts";
import type { HeadTraining } from "../phases/headTraining.ts";
import type { JointTraining } from "../request/training.ts";

type JointParts = Pick<HeadTraining, "request" | "phase" | "found">;

/** @throws PermafrostError INVALID_ARGUMENT for what joint training cannot be combined with. */
export function checkJoint({ request, phase, found }: JointParts, { weight }: JointTraining): void {
  const { recipe, mixing, compat } = request;
  const others = {
    "--recipe": recipe,
    "--mixup or --cutmix": mixing,
    "--compat": compat,
    "--task": found.dataset.task,
  };
  const other = Object.entries(others).find(([, value]) => value !== undefined)?.[0];
  const problem =
    other !== undefined
      ? `it cannot be combined with ${other}`
      : phase.unfrozenFrom === undefined
        ? "the encoder has to be trained: add --unfreeze all, or give it as --encoder"
        : weight > 0 && Number.isFinite(weight)
          ? undefined
          : `expected a weight above 0, got ${weight}`;
  if (problem !== undefined) throw new PermafrostError("INVALID_ARGUMENT", `--joint: ${problem}.`);
}

/** The loss is that of the classification plus `weight` times the mean squared error of the reconstruction. */
export function compileJointly(
  { request, phase, found }: JointParts,
  { weight }: JointTraining,
  model: Model,
  decaySteps: number,
): Compiled {
  const { optimizer, checkpoint, layerwiseDecay = 1 } = request;
  const { loss, metrics } = taskTraining(found.dataset);
  return compileModel(model, {
    optimizer: optimizerWithRate(
      optimizer,
      cosineDecay({ initialLearningRate: phase.learningRate, decaySteps }),
    ),
    loss: { [predictionsName]: loss, [reconstructionName]: "meanSquaredError" },
    lossWeights: { [reconstructionName]: weight },
    // Weighted: images without labels have the weight 0.
    weightedMetrics: { [predictionsName]: metrics },
    layerwiseDecay,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });
}

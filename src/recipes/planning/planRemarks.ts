import { keptInMemory } from "../phases/keepFeatures.ts";
import { augmentationWarnings, viewsRemark } from "../request/augmentation.ts";
import { compatWarning } from "../request/phaseRecord.ts";
import type { TrainingRequest } from "../request/training.ts";
import type { TrainingPlan } from "./trainingPlan.ts";

/** What a person should know of a plan, in sentences. */
export function planRemarks(
  { augmentation, epochs, compat, mixing, joint }: TrainingRequest,
  plan: Omit<TrainingPlan, "remarks">,
): readonly string[] {
  const { forwards, rate, keep } = plan;
  const remarks = [...augmentationWarnings(augmentation)];
  if (compat !== undefined) remarks.push(compatWarning(compat));
  if (mixing !== undefined)
    remarks.push(
      "mixup and cutmix mix the pictures of a batch anew in every step: the frozen base runs in every step.",
    );
  if (joint !== undefined) {
    const more =
      plan.unlabelled === 0 ? "" : ` ${plan.unlabelled} images without labels are seen in every epoch too.`;
    remarks.push(
      `Joint training reconstructs every training picture, so the encoder runs in every step and nothing of it is stored.${more}`,
    );
  }
  const views = augmentation && viewsRemark(augmentation);
  if (views !== undefined) remarks.push(views);
  const gain = forwards.plain / Math.max(1, forwards.compute);
  if (forwards.compute === 0) remarks.push("Everything is stored: the base network does not run at all.");
  else if (plan.draws === "fresh" && views === undefined) {
    remarks.push(
      `Fresh draws are other views in each of the ${epochs} epochs, so this first run gains little: ${gain.toFixed(1)} times fewer forwards, ` +
        "from validation alone. Later runs on the same draws (another head, rate or seed) compute nothing. " +
        "--draws pool:5 would compute five draws an image, however many epochs.",
    );
  }
  if (rate.source === "trial") {
    remarks.push(
      "The time rests on the network alone, tried for half a second: reading and decoding images may take longer. After the first run it is measured.",
    );
  }
  if (keep === "memory") {
    remarks.push(keptInMemory);
  }
  return remarks;
}

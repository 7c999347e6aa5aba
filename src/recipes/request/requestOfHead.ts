import { PermafrostError } from "../../base/errors.ts";
import { solverOf } from "../classifier/solvedHeads.ts";
import type { TrainingRequest } from "./training.ts";

/**
 * A head that is solved for sees the images once, as they are.
 *
 * @throws PermafrostError INVALID_ARGUMENT for what has no meaning without steps.
 */
export function requestOfHead(request: TrainingRequest): TrainingRequest {
  if (solverOf(request.head) === undefined) return request;
  const { recipe, unfreeze, compat, mixing, joint, augmentation, classWeight, task } = request;
  const others = {
    "--recipe": recipe,
    "--unfreeze": unfreeze,
    "--compat": compat,
    "--mixup or --cutmix": mixing,
    "--joint": joint,
    "--augment": augmentation,
    "--class-weight": classWeight,
    "--task": task,
  };
  const other = Object.entries(others).find(([, value]) => value !== undefined)?.[0];
  if (other === undefined) return { ...request, epochs: 1 };
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `--head ${request.head}: it is solved for on the images as they are, without steps of training, so ${other} has no meaning. Leave ${other} out, or take --head linear.`,
  );
}

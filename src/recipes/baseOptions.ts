import type { ApplicationOptions } from "../applications/index.ts";
import type { TrainingRequest } from "./training.ts";

/** How the base network of a training is made. */
export function baseOptions({ imageSize, seed }: TrainingRequest): ApplicationOptions {
  return imageSize === undefined ? { seed } : { seed, inputShape: [imageSize, imageSize, 3] };
}

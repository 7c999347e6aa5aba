import type { TrainingRequest } from "../request/training.ts";
import type { MethodMaterial } from "./method.ts";

/** A change to any method, written behind its name: "leaking-freeze+plain". */
export interface Modifier {
  readonly name: string;
  /** Follows the method's own summary. */
  readonly summary: string;
  apply(request: TrainingRequest, material: Pick<MethodMaterial, "augmentation">): TrainingRequest;
}

export const modifiers: readonly Modifier[] = [
  {
    name: "plain",
    summary: "Every epoch sees the images as they are.",
    apply: ({ augmentation: _, ...request }) => request,
  },
  {
    name: "fresh",
    summary: "Every epoch sees another random view of each image.",
    apply: (request, { augmentation }) => ({ ...request, augmentation: { ...augmentation, draws: "fresh" } }),
  },
  {
    name: "rescale",
    summary: "The base gets pixels divided by 255 and nothing else, not what it was trained on.",
    apply: (request) => ({ ...request, rescaleOnly: true }),
  },
];

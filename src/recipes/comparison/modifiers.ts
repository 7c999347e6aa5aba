import type { TrainingRequest } from "../request/training.ts";

/** A change to any method, written behind its name: "leaking-freeze+plain". */
export interface Modifier {
  readonly name: string;
  /** Follows the method's own summary. */
  readonly summary: string;
  apply(request: TrainingRequest): TrainingRequest;
}

export const modifiers: readonly Modifier[] = [
  {
    name: "plain",
    summary: "Every epoch sees the images as they are.",
    apply: ({ augmentation: _, ...request }) => request,
  },
  {
    name: "rescale",
    summary: "The base gets pixels divided by 255 and nothing else, not what it was trained on.",
    apply: (request) => ({ ...request, rescaleOnly: true }),
  },
];

import type { TrainingRequest } from "../../request/training.ts";

/** The network of the methods that begin from nothing: small enough to learn from a few hundred images on a processor. */
export const ownEncoder = { base: "small", initialWeights: "random" } as const;

/** A training on another base than the comparison's, which ends where it ends. */
export function onOtherBase(
  { cut: _, ...common }: TrainingRequest,
  base: Pick<TrainingRequest, "base" | "initialWeights">,
): TrainingRequest {
  return { ...common, ...base };
}

/** A mirrored decoder behind an encoder makes a step about so many times longer. */
export const decoderTimes = 2.5;

import type { TrainedMethod } from "../method.ts";

export const fineTune: TrainedMethod = {
  kind: "trained",
  name: "fine-tune",
  summary:
    "The head first, then the head and the last three blocks of the base at a low rate; the blocks below stay frozen.",
  request: ({ common, fineTuning }) => ({ ...common, ...fineTuning, recipe: "fine-tune" }),
};

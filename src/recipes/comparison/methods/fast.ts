import type { TrainedMethod } from "../method.ts";

export const fast: TrainedMethod = {
  kind: "trained",
  name: "fast",
  summary: "The base runs once for each image; the head is trained on what comes out. No augmentation.",
  request: ({ common }) => common,
};

import type { TrainedMethod } from "../method.ts";

export const fresh: TrainedMethod = {
  kind: "trained",
  name: "fresh",
  summary:
    "The frozen base runs on another random view of each image in every epoch, as the book's second way does.",
  request: ({ common, augmentation }) => ({ ...common, augmentation: { ...augmentation, draws: "fresh" } }),
};

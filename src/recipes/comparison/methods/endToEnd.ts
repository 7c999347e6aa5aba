import type { TrainedMethod } from "../method.ts";

export const endToEnd: TrainedMethod = {
  kind: "trained",
  name: "end-to-end",
  summary:
    "Nothing is frozen: the whole base is trained with the head, on a fresh view of each image in every epoch.",
  request: ({ common, augmentation }) => ({
    ...common,
    unfreeze: "all",
    augmentation: { ...augmentation, draws: "fresh" },
  }),
};

import type { TrainedMethod } from "../method.ts";

export const leakingFreeze: TrainedMethod = {
  kind: "trained",
  name: "leaking-freeze",
  summary:
    "The base is shown as frozen and trained all the same, the mistake of Keras 2.0.8 behind the book's 96 %; fresh views.",
  request: ({ common, augmentation }) => ({
    ...common,
    compat: "keras-2.0.8",
    augmentation: { ...augmentation, draws: "fresh" },
  }),
};

import type { TrainedMethod } from "../method.ts";

const usual = 5;

export const pool: TrainedMethod = {
  kind: "trained",
  name: "pool",
  summary:
    "The frozen base runs once for each of a few random views of an image; epochs take turns with them.",
  argument: { meaning: "views an image", usual },
  request: ({ common, augmentation, argument = usual }) => ({
    ...common,
    augmentation: { ...augmentation, draws: { pool: argument } },
  }),
};

import { nearestNeighbours } from "../../../heads/nearestNeighbours.ts";
import type { SolvedMethod } from "../method.ts";

const usual = 5;

export const knn: SolvedMethod = {
  kind: "solved",
  name: "knn",
  summary: "The classes of the five training images whose features of the frozen base are nearest, by vote.",
  solve: (train, labels, classes) => nearestNeighbours(train, labels, classes, { neighbours: usual }),
};

import { ridge as solveRidge } from "../../../heads/ridge.ts";
import type { SolvedMethod } from "../method.ts";

/** Of the number of training images; features have variance 1. */
const penaltyShare = 0.1;

export const ridge: SolvedMethod = {
  kind: "solved",
  name: "ridge",
  summary: "Least squares with a penalty on the features of the frozen base, in closed form.",
  solve: (train, labels, classes) => solveRidge(train, labels, classes, { alpha: penaltyShare * train.rows }),
};

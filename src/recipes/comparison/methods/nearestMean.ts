import { nearestMean as solveNearestMean } from "../../../heads/nearestMean.ts";
import type { SolvedMethod } from "../method.ts";

export const nearestMean: SolvedMethod = {
  kind: "solved",
  name: "nearest-mean",
  summary: "The class whose mean feature of the frozen base is nearest.",
  solve: solveNearestMean,
};

import type { TrainedMethod } from "../method.ts";

export const nearestMean: TrainedMethod = {
  kind: "trained",
  name: "nearest-mean",
  summary: "The class whose mean feature of the frozen base is nearest.",
  isCertain: true,
  isCalibrated: false,
  request: ({ common }) => ({ ...common, head: "nearest-mean" }),
};

import type { TrainedMethod } from "../method.ts";

export const ridge: TrainedMethod = {
  kind: "trained",
  name: "ridge",
  summary: "Least squares with a penalty on the features of the frozen base, in closed form.",
  isCertain: true,
  isCalibrated: false,
  request: ({ common }) => ({ ...common, head: "ridge" }),
};

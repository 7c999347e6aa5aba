import type { TrainedMethod } from "../method.ts";

export const logistic: TrainedMethod = {
  kind: "trained",
  name: "logistic",
  summary:
    "Logistic regression on the features of the frozen base, to convergence, with the linear head's penalty.",
  isCertain: true,
  request: ({ common }) => ({ ...common, head: "logistic" }),
};

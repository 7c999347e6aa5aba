import type { TrainedMethod } from "../method.ts";
import { onOtherBase, ownEncoder } from "./ownEncoder.ts";

export const joint: TrainedMethod = {
  kind: "trained",
  name: "joint",
  summary: "An encoder of its own learns from nothing to classify the images and to give them back at once.",
  request: ({ common }) => ({ ...onOtherBase(common, ownEncoder), unfreeze: "all", joint: { weight: 0.3 } }),
};

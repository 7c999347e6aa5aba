import type { CommandGroup } from "../command.ts";
import { weightsFetch } from "./weightsFetch.ts";
import { weightsImport } from "./weightsImport.ts";
import { weightsList } from "./weightsList.ts";
import { weightsPath } from "./weightsPath.ts";
import { weightsVerify } from "./weightsVerify.ts";

export const weights: CommandGroup = {
  name: "weights",
  summary: "fetch, list, check and import the weights of base networks",
  examples: [
    "permafrost weights fetch vgg16 resnet50",
    "permafrost weights import vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "permafrost weights verify",
  ],
  commands: [weightsList, weightsFetch, weightsVerify, weightsPath, weightsImport],
};

import type { Model } from "../../models/functional.ts";
import { float32 } from "../../tensor/tensor.ts";
import { predictionsName } from "../classifier/taskTraining.ts";
import type { SplitDataset } from "./prepareData.ts";

/**
 * Lets the last layer begin with how frequent each label is: its bias is the label's log-odds over the training images. From 0, which
 * says that every image has every label by half, a few hundred steps do not get there (Lin et al. 2017, section 4.1). Other
 * tasks begin as they are.
 */
export function startFromPriors(model: Model, { task, samples, classNames }: SplitDataset): void {
  if (task !== "multilabel") return;
  const train = samples.filter(({ split }) => split === "train");
  const priors = classNames.map((_, label) => {
    const images = train.filter(({ targets }) => targets![label] === 1).length;
    // Half an image more on each side: a label that none or all of them have stays finite.
    return Math.log((images + 0.5) / (train.length - images + 0.5));
  });
  const layer = model.getLayer(predictionsName);
  const [kernel] = layer.getWeights();
  layer.setWeights([kernel!, float32([priors.length], priors)]);
}

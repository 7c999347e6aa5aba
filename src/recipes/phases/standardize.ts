import { Normalization } from "../../layers/normalization.ts";
import type { Model } from "../../models/functional.ts";
import { standardizeName } from "../classifier/classifierModel.ts";
import type { PreparedData } from "../data/prepareData.ts";
import type { CutFeatures } from "../features/cutFeatures.ts";
import { samplesOf } from "./headTraining.ts";
import { channelMoments } from "./moments.ts";

/** The least variance that a channel of an untrained base counts with, as a share of the mean over the channels. */
const untrainedFloor = 0.1;

/**
 * Gives the standardisation the moments of the training features.
 *
 * A base with random weights has channels that are nearly dead. Divided by their own deviation they would be magnified, and once the
 * base is trained they wake up: the loss jumps (docs/default-head.md). There the variance has a floor.
 *
 * @param features - Those of the frozen base.
 * @param isUntrained - Whether the base has random weights and is trained from the first step.
 */
export async function standardize(
  model: Model,
  features: CutFeatures,
  data: PreparedData,
  isUntrained = false,
): Promise<void> {
  // A head that flattens has none.
  const layer = model.layers.find(({ name }) => name === standardizeName);
  if (!(layer instanceof Normalization)) return;
  const { mean, variance } = await channelMoments(features.of(samplesOf(data, "train")));
  const values = isUntrained ? withFloor(variance) : variance;
  layer.setMoments(mean, values);
}

function withFloor(variance: Float32Array): Float32Array {
  const least = (untrainedFloor * variance.reduce((sum, value) => sum + value, 0)) / variance.length;
  return variance.map((value) => Math.max(value, least));
}

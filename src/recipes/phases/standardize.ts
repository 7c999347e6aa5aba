import type { Layer } from "../../layers/layer.ts";
import type { Model } from "../../models/functional.ts";
import { float32 } from "../../tensor/tensor.ts";
import { standardizeName } from "../classifier/classifierModel.ts";
import type { PreparedData } from "../data/prepareData.ts";
import type { CutFeatures } from "../features/cutFeatures.ts";
import { samplesOf } from "./headTraining.ts";
import { channelMoments } from "./moments.ts";

/**
 * Gives the standardisation the moments of the training features.
 *
 * @param features - Those of the frozen base.
 */
export async function standardize(model: Model, features: CutFeatures, data: PreparedData): Promise<void> {
  const layer: Layer = model.getLayer(standardizeName);
  const { mean, variance } = await channelMoments(features.of(samplesOf(data, "train")));
  layer.setWeights([float32([mean.length], mean), float32([variance.length], variance)]);
}

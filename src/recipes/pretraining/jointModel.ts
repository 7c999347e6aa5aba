import type { BaseNetwork } from "../../applications/index.ts";
import { input } from "../../layers/index.ts";
import type { SymbolicTensor } from "../../layers/layer.ts";
import { autoencoderLayers } from "../../models/autoencoder.ts";
import { Model } from "../../models/functional.ts";
import { headOf } from "../classifier/classifierModel.ts";
import type { TrainingRequest } from "../request/training.ts";

/**
 * A classifier and an autoencoder that share their encoder: one input, the outputs `predictions` and `reconstruction`.
 *
 * @param classifier - Its head's layers are taken as they are, weights and all.
 * @throws PermafrostError INVALID_ARGUMENT for a base that cannot be mirrored.
 */
export function jointModel(
  base: BaseNetwork,
  classifier: Model,
  { seed, batchNormalization }: Pick<TrainingRequest, "seed" | "batchNormalization">,
): Model {
  const [, ...decoder] = autoencoderLayers({ encoder: base });
  const inputs = input({ shape: base.inputs[0]!.shape.slice(1).map(Number), name: "input_layer" });
  const map = base.apply(inputs, batchNormalization === "train" ? {} : { training: false });
  const through = (layers: typeof decoder) =>
    layers.reduce<SymbolicTensor>((x, layer) => layer.apply(x), map);
  const outputs = [through([...headOf(classifier)]), through(decoder)];
  return new Model({ inputs, outputs, name: "joint", seed });
}

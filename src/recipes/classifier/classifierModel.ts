import { BaseNetwork } from "../../applications/index.ts";
import { globalAveragePooling2D, input, normalization } from "../../layers/index.ts";
import type { Layer } from "../../layers/layer.ts";
import { Model } from "../../models/functional.ts";

/** Name of the layer that standardises features. */
export const standardizeName = "standardize";

export interface ClassifierOptions {
  readonly seed: number;
  /**
   * How the BatchNormalization of unfrozen layers is trained: "inference" (default) with its moving statistics, as Keras's guide
   * to fine-tuning has it (`base(x, training=False)`; dropout inside the base rests too); "train" with those of each batch.
   */
  readonly batchNormalization?: "inference" | "train" | undefined;
}

/**
 * A frozen base with a head on it: of maps the mean over positions, standardisation (neither in front of a Flatten), then the given
 * layers.
 *
 * @param head - The layers above the standardisation; see `headLayers`.
 */
export function classifierModel(
  base: BaseNetwork,
  head: readonly Layer[],
  { seed, batchNormalization }: ClassifierOptions,
): Model {
  base.trainable = false;
  const standardize = normalization({ name: standardizeName });
  const inputs = input({ shape: base.inputs[0]!.shape.slice(1).map(Number), name: "input_layer" });
  const features = base.apply(inputs, batchNormalization === "train" ? {} : { training: false });
  const pooling = features.shape.length === 4 ? [globalAveragePooling2D({ name: "pooling" })] : [];
  // A head that flattens takes the maps as they are, as the book's does.
  const front = head[0]?.kind === "Flatten" ? [] : [...pooling, standardize];
  const outputs = [...front, ...head].reduce((x, layer) => layer.apply(x), features);
  return new Model({ inputs, outputs, name: "classifier", seed });
}

/** The layers on the base, from the input's side. */
export function headOf(model: Model): readonly Layer[] {
  return model.layers.filter((layer) => layer.kind !== "InputLayer" && !(layer instanceof BaseNetwork));
}

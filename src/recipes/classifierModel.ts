import type { BaseNetwork } from "../applications/index.ts";
import { globalAveragePooling2D, normalization } from "../layers/index.ts";
import type { Layer } from "../layers/layer.ts";
import { Sequential } from "../models/sequential.ts";

/** Name of the layer that standardises features. */
export const standardizeName = "standardize";

/**
 * A frozen base with a head on it: the mean over positions, standardisation, then the given layers.
 *
 * @param head - The layers above the standardisation; see `headLayers`.
 */
export function classifierModel(base: BaseNetwork, head: readonly Layer[], seed: number): Sequential {
  base.trainable = false;
  const pooling = globalAveragePooling2D({ name: "pooling" });
  const standardize = normalization({ name: standardizeName });
  return new Sequential({ name: "classifier", layers: [base, pooling, standardize, ...head], seed });
}

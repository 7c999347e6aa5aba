import { lookUp } from "../../base/identifiers.ts";
import {
  randomBrightness,
  randomContrast,
  randomCrop,
  randomFlip,
  randomRotation,
  randomTranslation,
  randomZoom,
} from "./layers.ts";
import type { LayerPipeline, RandomLayer } from "./pipeline.ts";

/** By Keras class name. */
const makers: Readonly<Record<string, (options: never) => RandomLayer>> = {
  RandomBrightness: randomBrightness,
  RandomContrast: randomContrast,
  RandomCrop: randomCrop,
  RandomFlip: randomFlip,
  RandomRotation: randomRotation,
  RandomTranslation: randomTranslation,
  RandomZoom: randomZoom,
};

/**
 * The draws of the random layers that a model begins with, as `hoistedLayers` found them.
 *
 * @throws PermafrostError INVALID_ARGUMENT for settings that make no sense, UNKNOWN_NAME for another kind of layer.
 */
export function layerPipeline(
  records: readonly { readonly kind: string; readonly config: object }[],
): LayerPipeline {
  const layers = records.map(({ kind, config }) =>
    // A layer's configuration is a valid options object of the function of its kind, and each function checks it.
    lookUp("random layer", kind, makers)(config as never),
  );
  return { kind: "layers", layers };
}

import type { FloatImage } from "../floatImage.ts";
import type { LayerDraw } from "./draw.ts";
import type { RandomLayer } from "./pipeline.ts";

export function applyLayers(
  image: FloatImage,
  _layers: readonly RandomLayer[],
  _steps: readonly LayerDraw[],
): FloatImage {
  return image;
}

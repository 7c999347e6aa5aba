import type { FloatImage } from "./floatImage.ts";
import type { GeneratorPipeline } from "./pipeline.ts";
import type { TransformParameters } from "./transformParameters.ts";
import { affineMapOf } from "./transforms/affineMap.ts";
import { brighten } from "./transforms/brightness.ts";
import { shiftChannels } from "./transforms/channelShift.ts";
import { flipHorizontally, flipVertically } from "./transforms/flip.ts";
import { warpAffine } from "./transforms/warp.ts";

/** The part of a pipeline that decides what given parameters do. */
export type TransformSettings = Pick<
  GeneratorPipeline,
  "compat" | "fillMode" | "cval" | "interpolationOrder"
>;

/**
 * Does to a picture what a draw says, in Keras's order: warp, channel shift, flips, brightness. The input stays as it is;
 * where the draw does nothing, the input itself is returned.
 */
export function applyTransform(
  image: FloatImage,
  parameters: TransformParameters,
  settings: TransformSettings,
): FloatImage {
  const { fillMode, cval, compat } = settings;
  const map = affineMapOf(parameters, compat, image.height, image.width);
  let result = image;
  if (map !== undefined) {
    result = warpAffine(result, map, { fillMode, cval, order: settings.interpolationOrder });
  }
  return applyColourAndFlips(result, parameters, settings);
}

/** What comes after the warp. */
export function applyColourAndFlips(
  image: FloatImage,
  parameters: TransformParameters,
  settings: Pick<TransformSettings, "compat">,
): FloatImage {
  let result = image;
  if (parameters.channelShiftIntensity !== null) {
    result = shiftChannels(result, parameters.channelShiftIntensity);
  }
  if (parameters.flipHorizontal) result = flipHorizontally(result);
  if (parameters.flipVertical) result = flipVertically(result);
  if (parameters.brightness === null) return result;
  return brighten(result, parameters.brightness, settings.compat === "keras-2.2" ? "always" : "where-needed");
}

import type { NumberRange } from "../numberRange.ts";
import type { RandomSource } from "../randomSource.ts";
import type { ImageShape } from "../transformParameters.ts";
import type { RandomLayer } from "./pipeline.ts";

/** What one random layer does in one draw. */
export type LayerDraw =
  | { readonly type: "randomFlip"; readonly flipHorizontal: boolean; readonly flipVertical: boolean }
  /** Of a full turn, counter-clockwise. */
  | { readonly type: "randomRotation"; readonly turn: number }
  /** Scale minus one of each direction: positive zooms out. */
  | { readonly type: "randomZoom"; readonly height: number; readonly width: number }
  /** Of the picture's size: positive moves down and right. */
  | { readonly type: "randomTranslation"; readonly height: number; readonly width: number }
  | { readonly type: "randomContrast"; readonly factor: number }
  /** Of the value range. */
  | { readonly type: "randomBrightness"; readonly delta: number }
  /** First row and column that are kept; null where the picture is not larger than the crop in both directions. */
  | { readonly type: "randomCrop"; readonly top: number | null; readonly left: number | null };

/** Samples one draw of each layer, in order. Which numbers come is ours alone: Keras's depend on its backend. */
export function sampleLayers(
  layers: readonly RandomLayer[],
  shape: ImageShape,
  random: RandomSource,
): LayerDraw[] {
  let { height, width } = shape;
  return layers.map((layer) => {
    const draw = sampleLayer(layer, height, width, random);
    if (layer.type === "randomCrop") ({ height, width } = layer);
    return draw;
  });
}

function sampleLayer(layer: RandomLayer, rows: number, columns: number, random: RandomSource): LayerDraw {
  const within = ([low, high]: NumberRange) => random.uniform(low, high);
  switch (layer.type) {
    case "randomFlip": {
      // One coin for both axes: the combined mode turns by half or not at all.
      const isFlipped = random.float() <= 0.5;
      return {
        type: "randomFlip",
        flipHorizontal: isFlipped && layer.mode !== "vertical",
        flipVertical: isFlipped && layer.mode !== "horizontal",
      };
    }
    case "randomRotation":
      return { type: "randomRotation", turn: within(layer.factor) };
    case "randomZoom": {
      const height = within(layer.heightFactor);
      return {
        type: "randomZoom",
        height,
        width: layer.widthFactor === null ? height : within(layer.widthFactor),
      };
    }
    case "randomTranslation":
      return {
        type: "randomTranslation",
        height: within(layer.heightFactor),
        width: within(layer.widthFactor),
      };
    case "randomContrast":
      return { type: "randomContrast", factor: random.uniform(1 - layer.factor[0], 1 + layer.factor[1]) };
    case "randomBrightness":
      return { type: "randomBrightness", delta: within(layer.factor) };
    case "randomCrop": {
      const hasRoom = rows > layer.height && columns > layer.width;
      const top = hasRoom ? random.integer(rows - layer.height + 1) : null;
      const left = hasRoom ? random.integer(columns - layer.width + 1) : null;
      return { type: "randomCrop", top, left };
    }
  }
}

/** Whether a step leaves the pixels as they are. Contrast and brightness limit values, so they never count. */
export function isIdentityStep(step: LayerDraw): boolean {
  switch (step.type) {
    case "randomFlip":
      return !step.flipHorizontal && !step.flipVertical;
    case "randomRotation":
      return step.turn === 0;
    case "randomZoom":
    case "randomTranslation":
      return step.height === 0 && step.width === 0;
    default:
      return false;
  }
}

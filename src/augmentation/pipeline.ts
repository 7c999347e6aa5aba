import { type Digest, digestOf } from "../base/digest.ts";
import type { NumberRange } from "./numberRange.ts";
import type { LayerPipeline } from "./randomLayers/pipeline.ts";

/** Keras versions whose generator is reproduced, with the numbers of NumPy's old generator. */
export const compatVersions = ["keras-2.0.8", "keras-2.2", "keras-3"] as const;

export type Compat = (typeof compatVersions)[number];

/** What lies outside a picture, by SciPy's names and rules. */
export const fillModes = ["nearest", "constant", "reflect", "wrap"] as const;

export type FillMode = (typeof fillModes)[number];

/** A fraction below 1, a number of pixels, or the pixels to choose from. */
export type ShiftRange = number | readonly number[];

/**
 * The random part of an ImageDataGenerator as plain JSON: everything that decides what a draw may be and what it does.
 *
 * Angles in degrees (with compat "keras-2.0.8" the shear in radians).
 */
export interface GeneratorPipeline {
  readonly kind: "generator";
  /** null: the documented axes, the true centre, our own random numbers. */
  readonly compat: Compat | null;
  readonly rotationRange: number;
  readonly widthShiftRange: ShiftRange;
  readonly heightShiftRange: ShiftRange;
  readonly shearRange: number;
  readonly zoomRange: NumberRange;
  readonly channelShiftRange: number;
  readonly brightnessRange: NumberRange | null;
  readonly horizontalFlip: boolean;
  readonly verticalFlip: boolean;
  readonly fillMode: FillMode;
  readonly cval: number;
  readonly interpolationOrder: 0 | 1;
}

/** A way to make random views of a picture; plain JSON. */
export type AugmentationPipeline = GeneratorPipeline | LayerPipeline;

/** Equal for pipelines whose draws have the same distribution and effect. */
export function pipelineDigest(pipeline: AugmentationPipeline): Digest {
  return digestOf(pipeline);
}

/** Whether every draw leaves a picture as it is. */
export function isIdentity(pipeline: AugmentationPipeline): boolean {
  if (pipeline.kind === "layers") return pipeline.layers.length === 0;
  const { horizontalFlip, verticalFlip } = pipeline;
  return !horizontalFlip && !verticalFlip && flipsOnly(pipeline);
}

/** How many views an image can have: 1 without augmentation, 2 or 4 with flips alone, else without end. */
export function distinctViews(pipeline: AugmentationPipeline): number {
  if (isIdentity(pipeline)) return 1;
  if (pipeline.kind === "generator") {
    if (!flipsOnly(pipeline)) return Number.POSITIVE_INFINITY;
    return (pipeline.horizontalFlip ? 2 : 1) * (pipeline.verticalFlip ? 2 : 1);
  }
  const [layer] = pipeline.layers;
  return pipeline.layers.length === 1 && layer?.type === "randomFlip" ? 2 : Number.POSITIVE_INFINITY;
}

function flipsOnly(pipeline: GeneratorPipeline): boolean {
  const { zoomRange, brightnessRange, rotationRange, shearRange, channelShiftRange } = pipeline;
  const shifts = [pipeline.widthShiftRange, pipeline.heightShiftRange].flat();
  return (
    [rotationRange, shearRange, channelShiftRange, ...shifts].every((range) => range === 0) &&
    zoomRange.every((factor) => factor === 1) &&
    brightnessRange === null
  );
}

import { PermafrostError } from "../base/errors.ts";
import { didYouMean } from "../base/names.ts";
import { type ImageDataGeneratorOptions, resolvePipeline } from "./generatorOptions.ts";
import type { AugmentationPipeline } from "./pipeline.ts";

/** A named set of random transforms. */
export interface Preset {
  /** What it does and what it is good for, in one sentence. */
  readonly summary: string;
  readonly options: ImageDataGeneratorOptions;
}

/**
 * The ways to vary training images that have a name.
 *
 * "book" has the numbers of "Deep Learning with Python", section 5.3, read as Keras has read them since 2.1.3: its shear of 0.2
 * is in degrees, so next to nothing (in the book's own version it was in radians, 11.5 degrees).
 */
export const presets = {
  none: { summary: "Images as they are.", options: {} },
  flip: {
    summary: "Mirrored or not: two views of each image, so training needs two forwards an image, ever.",
    options: { horizontalFlip: true },
  },
  light: {
    summary:
      "Mirrored, turned up to 10 degrees, moved by up to 5 %, zoomed by up to 10 %: for things that fill the picture.",
    options: {
      rotationRange: 10,
      widthShiftRange: 0.05,
      heightShiftRange: 0.05,
      zoomRange: 0.1,
      horizontalFlip: true,
    },
  },
  book: {
    summary: "The book's: mirrored, turned up to 40 degrees, moved by up to 20 %, zoomed by up to 20 %.",
    options: {
      rotationRange: 40,
      widthShiftRange: 0.2,
      heightShiftRange: 0.2,
      shearRange: 0.2,
      zoomRange: 0.2,
      horizontalFlip: true,
      fillMode: "nearest",
    },
  },
  strong: {
    summary:
      "As book, with shear up to 15 degrees, zoom up to 30 %, brightness and colours: for few images and long training.",
    options: {
      rotationRange: 40,
      widthShiftRange: 0.2,
      heightShiftRange: 0.2,
      shearRange: 15,
      zoomRange: 0.3,
      brightnessRange: [0.6, 1.4],
      channelShiftRange: 30,
      horizontalFlip: true,
      fillMode: "reflect",
    },
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof presets;

export const presetNames: readonly string[] = Object.keys(presets);

export function isPresetName(name: string): name is PresetName {
  return Object.hasOwn(presets, name);
}

/**
 * The transforms of a preset.
 *
 * @throws PermafrostError UNKNOWN_NAME for another name.
 */
export function presetPipeline(name: string): AugmentationPipeline {
  if (isPresetName(name)) return resolvePipeline(presets[name].options);
  throw new PermafrostError(
    "UNKNOWN_NAME",
    `augmentation: expected ${presetNames.join(", ")} or a .json or .toml file, got ${JSON.stringify(name)}.` +
      didYouMean(name, presetNames),
    { details: { name } },
  );
}

import { PermafrostError } from "../base/errors.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { Value } from "../graph/graph.ts";
import { operators } from "../ops/index.ts";
import { checkCount } from "./arguments.ts";
import { type CallArguments, DefinedLayer, defineLayer, type LayerDefinition } from "./definition.ts";
import type { LayerOptions } from "./layer.ts";
import { knownSize } from "./layout.ts";

/** A number f for -f to f, or the two ends. */
export type Factor = number | readonly [low: number, high: number];

/** How pixels that come from outside a picture are filled, and how those between pixels are read. */
export interface ProjectionConfig {
  readonly fillMode: "reflect" | "wrap" | "constant" | "nearest";
  readonly fillValue: number;
  readonly interpolation: "nearest" | "bilinear";
}

/** Defaults "reflect", 0 and "bilinear". */
export type ProjectionOptions = LayerOptions & Partial<ProjectionConfig>;

/** What a layer's draw looks like is decided where views are made (augmentation/); here it is a place in a network. */
function randomLayer<Config>(
  kind: string,
  atRest: (call: CallArguments<Config>) => Value = ({ inputs }) => inputs[0]!,
): LayerDefinition<Config> {
  return defineLayer<Config>({
    kind,
    isRandomPreprocessing: true,
    call: (call) =>
      call.context.mode === "infer" ? atRest(call) : call.context.drawnPicture(call.inputs[0]!),
  });
}

/** @throws PermafrostError INVALID_ARGUMENT unless all numbers lie within the bounds. */
function checkFactor(what: string, factor: Factor, least = -1, most = 1): Factor {
  const ends = typeof factor === "number" ? [factor] : factor;
  if (ends.every((end) => end >= least && end <= most)) return factor;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${what}: expected numbers from ${least} to ${most}, got ${JSON.stringify(factor)}.`,
  );
}

function projection({ fillMode, fillValue, interpolation }: ProjectionOptions): ProjectionConfig {
  return {
    fillMode: fillMode ?? "reflect",
    fillValue: fillValue ?? 0,
    interpolation: interpolation ?? "bilinear",
  };
}

export interface RandomFlipConfig {
  readonly mode: "horizontal" | "vertical" | "horizontal_and_vertical";
}

const flipDefinition = randomLayer<RandomFlipConfig>("RandomFlip");

/** Mirrors with probability 0.5 in training; "horizontal_and_vertical" (the default) both axes or none, as Keras does. */
export function randomFlip(
  options: LayerOptions & Partial<RandomFlipConfig> = {},
): DefinedLayer<RandomFlipConfig> {
  return new DefinedLayer(flipDefinition, { mode: options.mode ?? "horizontal_and_vertical" }, options);
}

export interface RandomRotationConfig extends ProjectionConfig {
  readonly factor: Factor;
}

const rotationDefinition = randomLayer<RandomRotationConfig>("RandomRotation");

/** Turns in training. @param options.factor - Of a full turn; positive turns counter-clockwise. */
export function randomRotation(
  options: ProjectionOptions & { readonly factor: Factor },
): DefinedLayer<RandomRotationConfig> {
  const factor = checkFactor("randomRotation: factor", options.factor);
  return new DefinedLayer(rotationDefinition, { factor, ...projection(options) }, options);
}

export interface RandomZoomConfig extends ProjectionConfig {
  readonly heightFactor: Factor;
  /** null: as the height. */
  readonly widthFactor: Factor | null;
}

const zoomDefinition = randomLayer<RandomZoomConfig>("RandomZoom");

/** Zooms in training. @param options.heightFactor - Positive zooms out. The width follows unless widthFactor is given. */
export function randomZoom(
  options: ProjectionOptions & { readonly heightFactor: Factor; readonly widthFactor?: Factor | null },
): DefinedLayer<RandomZoomConfig> {
  const { widthFactor = null } = options;
  const config = {
    heightFactor: checkFactor("randomZoom: heightFactor", options.heightFactor),
    widthFactor: widthFactor === null ? null : checkFactor("randomZoom: widthFactor", widthFactor),
  };
  return new DefinedLayer(zoomDefinition, { ...config, ...projection(options) }, options);
}

export interface RandomTranslationConfig extends ProjectionConfig {
  readonly heightFactor: Factor;
  readonly widthFactor: Factor;
}

const translationDefinition = randomLayer<RandomTranslationConfig>("RandomTranslation");

/** Moves in training. @param options.heightFactor - Of the height; positive moves down, a positive widthFactor right. */
export function randomTranslation(
  options: ProjectionOptions & { readonly heightFactor: Factor; readonly widthFactor: Factor },
): DefinedLayer<RandomTranslationConfig> {
  const config = {
    heightFactor: checkFactor("randomTranslation: heightFactor", options.heightFactor),
    widthFactor: checkFactor("randomTranslation: widthFactor", options.widthFactor),
  };
  return new DefinedLayer(translationDefinition, { ...config, ...projection(options) }, options);
}

export interface RandomColourConfig {
  readonly factor: Factor;
  /** Least and greatest value of a picture; results are limited to it. */
  readonly valueRange: readonly [low: number, high: number];
}

const contrastDefinition = randomLayer<RandomColourConfig>("RandomContrast");

/**
 * Moves values away from or towards each channel's mean in training.
 *
 * @param options.factor - A pair (a, b) from 0 to 1: factors from 1 - a to 1 + b. One number f: from 1 to 1 + f, as Keras 3 does.
 * @param options.valueRange - Default [0, 255].
 */
export function randomContrast(
  options: LayerOptions & Pick<RandomColourConfig, "factor"> & Partial<RandomColourConfig>,
): DefinedLayer<RandomColourConfig> {
  const factor = checkFactor("randomContrast: factor", options.factor, 0);
  return new DefinedLayer(
    contrastDefinition,
    { factor, valueRange: options.valueRange ?? [0, 255] },
    options,
  );
}

const brightnessDefinition = randomLayer<RandomColourConfig>("RandomBrightness");

/** Adds to all values in training. @param options.factor - Of the value range (default [0, 255]). */
export function randomBrightness(
  options: LayerOptions & Pick<RandomColourConfig, "factor"> & Partial<RandomColourConfig>,
): DefinedLayer<RandomColourConfig> {
  const factor = checkFactor("randomBrightness: factor", options.factor);
  return new DefinedLayer(
    brightnessDefinition,
    { factor, valueRange: options.valueRange ?? [0, 255] },
    options,
  );
}

export interface RandomCropConfig {
  readonly height: number;
  readonly width: number;
}

const cropDefinition = randomLayer<RandomCropConfig>("RandomCrop", ({ g, inputs, config }) =>
  cutMiddle(g, cutMiddle(g, inputs[0]!, 2, config.height), 3, config.width),
);

/** Cuts out height x width pixels: at a random place in training, else in the middle. */
export function randomCrop(options: LayerOptions & RandomCropConfig): DefinedLayer<RandomCropConfig> {
  const height = checkCount("randomCrop: height", options.height);
  const width = checkCount("randomCrop: width", options.width);
  return new DefinedLayer(cropDefinition, { height, width }, options);
}

function cutMiddle(g: GraphBuilder, x: Value, axis: number, length: number): Value {
  const size = knownSize(x.type.shape, axis);
  if (size === length) return x;
  if (size < length) {
    throw new PermafrostError(
      "SHAPE_MISMATCH",
      `randomCrop: expected pictures of at least ${length} ${axis === 2 ? "rows" : "columns"}, got ${size}. Give larger pictures.`,
    );
  }
  const start = Math.floor((size - length) / 2);
  return g.apply(operators.slice, [x], { axis, start, end: start + length });
}

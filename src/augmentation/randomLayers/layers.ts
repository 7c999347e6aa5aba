import { invalid, numberFrom, oneOf, pairFrom, wholeFrom } from "../checks.ts";
import type { NumberRange } from "../numberRange.ts";
import type { LayerFillMode, Projection, RandomLayer } from "./pipeline.ts";

/** A number f for -f to f, or the two ends. */
export type Factor = number | NumberRange;

export interface ProjectionOptions {
  /** Default "reflect". */
  readonly fillMode?: LayerFillMode;
  /** Default 0; for "constant". */
  readonly fillValue?: number;
  /** Default "bilinear". */
  readonly interpolation?: Projection["interpolation"];
}

/** Mirrors with probability 0.5; in the combined mode (default) both axes or none. */
export function randomFlip(
  options: { readonly mode?: "horizontal" | "vertical" | "horizontal_and_vertical" } = {},
): RandomLayer {
  const modes = ["horizontal", "vertical", "horizontal_and_vertical"] as const;
  return { type: "randomFlip", mode: oneOf("mode", options.mode ?? "horizontal_and_vertical", modes) };
}

/** @param options.factor - Of a full turn, -1 to 1; positive turns counter-clockwise. */
export function randomRotation(options: { readonly factor: Factor } & ProjectionOptions): RandomLayer {
  return {
    type: "randomRotation",
    factor: symmetric("factor", options.factor, -1, 1),
    ...projection(options),
  };
}

/** @param options.heightFactor - Above -1 to 1; positive zooms out. The width follows unless widthFactor is given. */
export function randomZoom(
  options: { readonly heightFactor: Factor; readonly widthFactor?: Factor | null } & ProjectionOptions,
): RandomLayer {
  const width = options.widthFactor ?? null;
  return {
    type: "randomZoom",
    heightFactor: aboveMinusOne("heightFactor", options.heightFactor),
    widthFactor: width === null ? null : aboveMinusOne("widthFactor", width),
    ...projection(options),
  };
}

/** @param options.heightFactor - Of the height, -1 to 1; positive moves down. widthFactor: positive moves right. */
export function randomTranslation(
  options: { readonly heightFactor: Factor; readonly widthFactor: Factor } & ProjectionOptions,
): RandomLayer {
  return {
    type: "randomTranslation",
    heightFactor: symmetric("heightFactor", options.heightFactor, -1, 1),
    widthFactor: symmetric("widthFactor", options.widthFactor, -1, 1),
    ...projection(options),
  };
}

/**
 * Moves values away from or towards each channel's mean.
 *
 * @param options.factor - A pair (a, b) from 0 to 1: factors from 1 - a to 1 + b, the smaller being a. One number f:
 *   from 1 to 1 + f, as Keras 3 does, whatever its text says.
 */
export function randomContrast(options: {
  readonly factor: Factor;
  readonly valueRange?: NumberRange;
}): RandomLayer {
  const factor = symmetric("factor", options.factor, 0, 1);
  return {
    type: "randomContrast",
    factor,
    valueRange: pairFrom("valueRange", options.valueRange ?? [0, 255]),
  };
}

/** @param options.factor - Of the value range, -1 to 1; added. */
export function randomBrightness(options: {
  readonly factor: Factor;
  readonly valueRange?: NumberRange;
}): RandomLayer {
  const [low, high] = sorted(pairFrom("valueRange", options.valueRange ?? [0, 255]));
  return {
    type: "randomBrightness",
    factor: symmetric("factor", options.factor, -1, 1),
    valueRange: [low, high],
  };
}

/** Cuts out height x width pixels at a random place; smaller pictures are resized. */
export function randomCrop(options: { readonly height: number; readonly width: number }): RandomLayer {
  return {
    type: "randomCrop",
    height: wholeFrom("height", options.height, 1),
    width: wholeFrom("width", options.width, 1),
  };
}

function projection(options: ProjectionOptions): Projection {
  return {
    fillMode: oneOf("fillMode", options.fillMode ?? "reflect", ["reflect", "wrap", "constant", "nearest"]),
    fillValue: numberFrom("fillValue", options.fillValue ?? 0),
    interpolation: oneOf("interpolation", options.interpolation ?? "bilinear", ["nearest", "bilinear"]),
  };
}

/** One number stands for both sides of zero, as far as the bounds go. */
function symmetric(where: string, factor: Factor, least: number, most: number): NumberRange {
  if (typeof factor !== "number") {
    const pair = sorted(pairFrom(where, factor));
    if (pair[0] > most || pair[1] < least) throw invalid(where, `numbers from ${least} to ${most}`, factor);
    return pair;
  }
  if (!(factor >= least && factor <= most)) throw invalid(where, `a number from ${least} to ${most}`, factor);
  const size = Math.abs(factor);
  return [Math.max(-size, least), size];
}

function aboveMinusOne(where: string, factor: Factor): NumberRange {
  const range = symmetric(where, factor, -1, 1);
  if (range[0] === -1 && typeof factor !== "number") throw invalid(where, "numbers above -1 to 1", factor);
  return range;
}

function sorted([a, b]: NumberRange): NumberRange {
  return a <= b ? [a, b] : [b, a];
}

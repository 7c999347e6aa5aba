import { PermafrostError } from "../base/errors.ts";
import type { Interpolation } from "../ops/resampling.ts";

/** One number for both axes of a picture, or [height, width]. */
export type Pair = number | readonly [number, number];

/**
 * A whole number above 0.
 *
 * @throws PermafrostError INVALID_ARGUMENT
 */
export function checkCount(what: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new PermafrostError("INVALID_ARGUMENT", `${what}: expected a whole number above 0, got ${value}.`);
}

/**
 * [height, width] of whole numbers above 0.
 *
 * @throws PermafrostError INVALID_ARGUMENT
 */
export function checkPair(what: string, value: Pair): readonly [number, number] {
  const [height, width] = typeof value === "number" ? [value, value] : value;
  return [checkCount(what, height), checkCount(what, width)];
}

/** [[top, bottom], [left, right]]. */
export type Sides = readonly [readonly [number, number], readonly [number, number]];

/**
 * What is added or cut off at each side of a picture, from one number, [height, width], or all four: whole numbers of 0 or more.
 *
 * @throws PermafrostError INVALID_ARGUMENT
 */
export function checkSides(what: string, value: Pair | Sides): Sides {
  const [rows, columns] = typeof value === "number" ? [value, value] : value;
  const both = (side: number | readonly [number, number]): readonly [number, number] =>
    typeof side === "number" ? [side, side] : side;
  const sides: Sides = [both(rows), both(columns)];
  if (sides.flat().every((size) => Number.isInteger(size) && size >= 0)) return sides;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${what}: expected whole numbers of 0 or more, got ${JSON.stringify(value)}.`,
  );
}

/**
 * A number of 0 or more.
 *
 * @throws PermafrostError INVALID_ARGUMENT
 */
export function checkAtLeastZero(what: string, value: number): number {
  if (value >= 0) return value;
  throw new PermafrostError("INVALID_ARGUMENT", `${what}: expected a number of 0 or more, got ${value}.`);
}

const interpolations: readonly string[] = [
  "nearest",
  "bilinear",
  "bicubic",
  "lanczos3",
  "lanczos5",
] satisfies Interpolation[];

/** @throws PermafrostError INVALID_ARGUMENT for another word. */
export function checkInterpolation(what: string, interpolation: Interpolation): Interpolation {
  if (interpolations.includes(interpolation)) return interpolation;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `${what}: interpolation: expected one of ${interpolations.join(", ")}, got ${JSON.stringify(interpolation)}.`,
  );
}

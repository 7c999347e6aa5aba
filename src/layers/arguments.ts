import { PermafrostError } from "../base/errors.ts";

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

import { invalid, oneOf } from "./checks.ts";

/** "validation": the first part of the data; "training": the rest. */
export type Subset = "training" | "validation";

/**
 * The part of n samples, in their order, that a subset has: Keras takes the first `floor(n * split)` for validation.
 *
 * @throws PermafrostError INVALID_ARGUMENT for another word.
 */
export function splitBounds(
  subset: Subset | null,
  validationSplit: number,
  n: number,
): { readonly start: number; readonly stop: number } {
  if (oneOf("subset", subset, [null, "training", "validation"]) === null) return { start: 0, stop: n };
  const boundary = Math.trunc(validationSplit * n);
  return subset === "validation" ? { start: 0, stop: boundary } : { start: boundary, stop: n };
}

/** @throws PermafrostError INVALID_ARGUMENT unless the split is 0 or between 0 and 1. */
export function checkValidationSplit(split: number): number {
  if (split >= 0 && split < 1) return split;
  throw invalid("validationSplit", "a number between 0 and 1", split);
}

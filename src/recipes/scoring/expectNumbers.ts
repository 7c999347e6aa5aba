import { PermafrostError } from "../../base/errors.ts";

/** @throws PermafrostError WEIGHTS_INVALID for what a network says of an image, where it is no number. */
export function expectNumbers(path: string, outputs: Iterable<number>): void {
  for (const value of outputs) {
    if (Number.isFinite(value)) continue;
    throw new PermafrostError(
      "WEIGHTS_INVALID",
      `${path}: expected numbers from the network, got ${value}. Its weights may have diverged, or be damaged: train again with a smaller learning rate.`,
      { details: { path } },
    );
  }
}

/** The same for rows of outputs, one an image. */
export function expectRowsOfNumbers(
  images: readonly { readonly path: string }[],
  outputs: Float32Array,
): void {
  const width = outputs.length / images.length;
  for (const [row, { path }] of images.entries()) {
    expectNumbers(path, outputs.subarray(row * width, (row + 1) * width));
  }
}

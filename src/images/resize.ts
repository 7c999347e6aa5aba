import { type ResampleFilter, resampleFilters } from "../applications/preprocessing.ts";
import { PermafrostError } from "../base/errors.ts";
import { didYouMean } from "../base/names.ts";
import type { PixelImage } from "./pixelImage.ts";
import { PixelWorkspace } from "./pixelWorkspace.ts";

/** Changes whenever resampling or normalising the same pixels may give other values. */
export const resizeVersion = "resize-1";

export interface ResizeOptions {
  readonly width: number;
  readonly height: number;
  readonly filter: ResampleFilter;
}

/**
 * Resamples pictures exactly as Pillow's `Image.resize` does, bit for bit, up and down.
 *
 * Owns a WebAssembly memory: make one and use it for many pictures.
 */
export class Resampler {
  readonly #workspace = new PixelWorkspace();

  /** @throws PermafrostError INVALID_ARGUMENT for sizes that are not positive integers and unknown filters. */
  resize(image: PixelImage, options: ResizeOptions): PixelImage {
    const { width, height, filter } = options;
    requireSize(width, height);
    requireFilter(filter);
    const request = { width, height, filter, left: 0, top: 0, columns: width, rows: height };
    this.#workspace.resample(image, request, 0);
    return { width, height, data: this.#workspace.bytes(0, width * height * 3).slice() };
  }
}

export function requireSize(width: number, height: number): void {
  if (Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0) return;
  throw new PermafrostError(
    "INVALID_ARGUMENT",
    `image size: expected a width and a height of at least 1 pixel, got ${width} x ${height}. Give whole numbers.`,
  );
}

export function requireFilter(filter: string): void {
  if (resampleFilters.some((known) => known === filter)) return;
  throw new PermafrostError(
    "UNKNOWN_NAME",
    `resampling filter: expected one of ${resampleFilters.join(", ")}, got ${filter}.${didYouMean(filter, resampleFilters)}`,
  );
}

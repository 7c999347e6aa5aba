import type { PixelImage } from "../images/pixelImage.ts";

/** A picture of any values and number of channels: `data` is [height, width, channels] packed, rows from the top. */
export interface FloatImage {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/** Bytes as floats of the same values, 0 to 255. */
export function toFloatImage(image: PixelImage): FloatImage {
  return { height: image.height, width: image.width, channels: 3, data: Float32Array.from(image.data) };
}

/** A picture of the same size with other values. */
export function withData(image: FloatImage, data: Float32Array): FloatImage {
  return { height: image.height, width: image.width, channels: image.channels, data };
}

/** Least and greatest value of an array that is not empty. */
export function extremes(data: Float32Array): { readonly min: number; readonly max: number } {
  let min = data[0]!;
  let max = min;
  for (const value of data) {
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  return { min, max };
}

import { extremes, type FloatImage, withData } from "../floatImage.ts";

/**
 * Multiplies by a factor the way Keras does with Pillow: values are cut down to whole bytes first, products too, and end at
 * 255. An alpha channel (the fourth) stays.
 *
 * @param scaling - "where-needed": values outside 0 to 255 are brought to 0 to 255 before and back after (Keras 3);
 *   "always": every picture is stretched to 0 to 255 and stays so (Keras 2.2).
 */
export function brighten(
  image: FloatImage,
  factor: number,
  scaling: "where-needed" | "always" = "where-needed",
): FloatImage {
  const { min, max } = extremes(image.data);
  const isOutside = min < 0 || max > 255;
  const bytes = isOutside || scaling === "always" ? stretched(image.data, min, max) : image.data;
  const alpha = image.channels === 4 ? 3 : -1;
  const multiplier = Math.fround(factor);
  const brightened = bytes.map((value, i) => {
    const byte = Math.trunc(value) & 255;
    if (i % image.channels === alpha) return byte;
    return Math.trunc(Math.min(255, Math.max(0, Math.fround(multiplier * byte))));
  });
  if (!isOutside || scaling === "always") return withData(image, brightened);
  const range = Math.fround(max - min);
  return withData(
    image,
    brightened.map((value) => Math.fround(Math.fround(value / 255) * range) + min),
  );
}

/** Brought to 0 to 255 by the least and greatest value, with one rounding after each operation as NumPy does. */
export function stretched(data: Float32Array, min: number, max: number): Float32Array {
  const range = Math.fround(max - min);
  return data.map((value) => {
    const above = Math.fround(value - min);
    return Math.fround(range === 0 ? above : above / range) * 255;
  });
}

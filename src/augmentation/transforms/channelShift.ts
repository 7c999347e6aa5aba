import { extremes, type FloatImage, withData } from "../floatImage.ts";

/**
 * Adds an amount to all channels, or to each its own, and keeps the result within the picture's own least and greatest
 * value, as Keras's `apply_channel_shift`.
 */
export function shiftChannels(image: FloatImage, amount: number | readonly number[]): FloatImage {
  const { min, max } = extremes(image.data);
  const amounts = Array.from({ length: image.channels }, (_, c) =>
    Math.fround(typeof amount === "number" ? amount : (amount[c] ?? 0)),
  );
  const shifted = image.data.map((value, i) => {
    const sum = Math.fround(value + amounts[i % image.channels]!);
    return Math.min(max, Math.max(min, sum));
  });
  return withData(image, shifted);
}

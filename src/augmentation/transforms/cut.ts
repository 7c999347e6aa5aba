import type { FloatImage } from "../floatImage.ts";

/** The rows and columns from a corner on. */
export function cut(image: FloatImage, top: number, left: number, height: number, width: number): FloatImage {
  const { channels } = image;
  const data = new Float32Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(from, from + width * channels), y * width * channels);
  }
  return { height, width, channels, data };
}

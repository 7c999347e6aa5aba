import { type FloatImage, withData } from "../floatImage.ts";

/** Mirrors a picture left to right. */
export function flipHorizontally(image: FloatImage): FloatImage {
  const { width, channels, data } = image;
  const target = new Float32Array(data.length);
  const stride = width * channels;
  for (let row = 0; row < data.length; row += stride) {
    for (let x = 0; x < width; x++) {
      const from = row + (width - 1 - x) * channels;
      for (let c = 0; c < channels; c++) target[row + x * channels + c] = data[from + c]!;
    }
  }
  return withData(image, target);
}

/** Turns a picture upside down. */
export function flipVertically(image: FloatImage): FloatImage {
  const stride = image.width * image.channels;
  const target = new Float32Array(image.data.length);
  for (let row = 0; row < image.height; row++) {
    target.set(
      image.data.subarray((image.height - 1 - row) * stride, (image.height - row) * stride),
      row * stride,
    );
  }
  return withData(image, target);
}

import { type FloatImage, withData } from "../floatImage.ts";

/**
 * Resizes as `tf.image.resize` does: half-pixel centres, no averaging when a picture shrinks, floats in and out.
 *
 * Not Pillow's bilinear, which averages and gives bytes. float32 with one rounding after each operation.
 */
export function resizeHalfPixel(
  image: FloatImage,
  height: number,
  width: number,
  interpolation: "bilinear" | "nearest",
): FloatImage {
  if (image.height === height && image.width === width) return image;
  const rows = axis(image.height, height, interpolation);
  const columns = axis(image.width, width, interpolation);
  const { channels, data } = image;
  const stride = image.width * channels;
  const target = new Float32Array(height * width * channels);
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      const upper = row.lower * stride;
      const lower = row.upper * stride;
      const left = column.lower * channels;
      const right = column.upper * channels;
      for (let c = 0; c < channels; c++) {
        const top = mix(data[upper + left + c]!, data[upper + right + c]!, column.weight);
        const bottom = mix(data[lower + left + c]!, data[lower + right + c]!, column.weight);
        target[at++] = mix(top, bottom, row.weight);
      }
    }
  }
  return withData({ height, width, channels, data: target }, target);
}

/** Two neighbours of an output sample and the part of the upper one. */
interface Neighbours {
  readonly lower: number;
  readonly upper: number;
  readonly weight: number;
}

function axis(input: number, output: number, interpolation: "bilinear" | "nearest"): Neighbours[] {
  const scale = Math.fround(input / output);
  return Array.from({ length: output }, (_, i) => {
    const centre = Math.fround((i + 0.5) * scale);
    if (interpolation === "nearest") {
      const index = Math.min(input - 1, Math.floor(centre));
      return { lower: index, upper: index, weight: 0 };
    }
    const position = Math.fround(centre - 0.5);
    const floor = Math.floor(position);
    const weight = Math.fround(position - floor);
    return { lower: Math.max(0, floor), upper: Math.min(input - 1, Math.ceil(position)), weight };
  });
}

function mix(a: number, b: number, weight: number): number {
  return Math.fround(a + Math.fround(Math.fround(b - a) * weight));
}

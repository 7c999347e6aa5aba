import type { PixelImage } from "../images/pixelImage.ts";
import type { Resampler } from "../images/resize.ts";

/** What is kept of an image to find others that look the same. */
export interface Fingerprint {
  /**
   * Difference hash (Krawetz 2013): whether brightness rises from each pixel to its right neighbour in a 9 x 8
   * reduction. 64 bits as four 16-bit bands of two rows each.
   */
  readonly bands: Uint16Array;
  /** A 16 x 16 RGB reduction, [16, 16, 3]. */
  readonly thumbnail: Uint8Array;
  /** Means of red, green and blue over the thumbnail, 0 to 255. */
  readonly means: readonly [number, number, number];
  /** Standard deviation of the thumbnail's values around one mean of all: near 0 for a plain grey surface only. */
  readonly deviation: number;
  /** The same around each channel's own mean: near 0 for any plain surface. */
  readonly contrast: number;
}

const side = 16;

/** The fingerprint of a decoded image; its size and shape do not matter. */
export function fingerprint(image: PixelImage, resampler: Resampler): Fingerprint {
  // One pass over all pixels; what follows works on the small copy.
  const small = resampler.resize(image, { width: 2 * side, height: 2 * side, filter: "box" });
  const thumbnail = resampler.resize(small, { width: side, height: side, filter: "box" }).data;
  const bands = differenceHash(resampler.resize(small, { width: 9, height: 8, filter: "box" }));
  return { bands, thumbnail, ...moments(thumbnail) };
}

/**
 * Correlation of two thumbnails, -1 to 1, blind to brightness and contrast: the lower of the correlation around one mean,
 * which sees colours, and that around each channel's mean, which sees where things are.
 */
export function similarity(a: Fingerprint, b: Fingerprint): number {
  const products = channelProducts(a.thumbnail, b.thumbnail);
  const pixels = a.thumbnail.length / 3;
  const colour = average(products) / pixels - average(a.means) * average(b.means);
  const shape = average(products.map((sum, c) => sum / pixels - a.means[c]! * b.means[c]!));
  if (a.contrast * b.contrast === 0) return 0;
  return Math.min(colour / (a.deviation * b.deviation), shape / (a.contrast * b.contrast));
}

function channelProducts(a: Uint8Array, b: Uint8Array): [number, number, number] {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let i = 0; i < a.length; i += 3) {
    red += a[i]! * b[i]!;
    green += a[i + 1]! * b[i + 1]!;
    blue += a[i + 2]! * b[i + 2]!;
  }
  return [red, green, blue];
}

/** Number of ones in a 16-bit word. */
export function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x5555);
  bits = (bits & 0x3333) + ((bits >>> 2) & 0x3333);
  bits = (bits + (bits >>> 4)) & 0x0f0f;
  return (bits + (bits >>> 8)) & 0x1f;
}

function differenceHash({ width, height, data }: PixelImage): Uint16Array {
  const brightness = (pixel: number) =>
    299 * data[3 * pixel]! + 587 * data[3 * pixel + 1]! + 114 * data[3 * pixel + 2]!;
  const bands = new Uint16Array(4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x + 1 < width; x++) {
      const pixel = y * width + x;
      if (brightness(pixel) < brightness(pixel + 1)) bands[y >> 1]! |= 1 << ((y & 1) * 8 + x);
    }
  }
  return bands;
}

function moments(values: Uint8Array): Pick<Fingerprint, "means" | "deviation" | "contrast"> {
  const sums: [number, number, number] = [0, 0, 0];
  let squares = 0;
  for (const [i, value] of values.entries()) {
    sums[i % 3]! += value;
    squares += value * value;
  }
  const pixels = values.length / 3;
  const means: [number, number, number] = [sums[0] / pixels, sums[1] / pixels, sums[2] / pixels];
  const meanSquare = squares / values.length;
  return {
    means,
    deviation: root(meanSquare - average(means) ** 2),
    contrast: root(meanSquare - average(means.map((mean) => mean * mean))),
  };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Rounding may leave a variance a little below zero. */
function root(variance: number): number {
  return Math.sqrt(Math.max(0, variance));
}

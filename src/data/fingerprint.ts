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
  /** Mean and standard deviation of the thumbnail's values, 0 to 255. */
  readonly mean: number;
  readonly deviation: number;
}

const side = 16;

/** The fingerprint of a decoded image; its size and shape do not matter. */
export function fingerprint(image: PixelImage, resampler: Resampler): Fingerprint {
  // One pass over all pixels; what follows works on the small copy.
  const small = resampler.resize(image, { width: 2 * side, height: 2 * side, filter: "box" });
  const thumbnail = resampler.resize(small, { width: side, height: side, filter: "box" }).data;
  const bands = differenceHash(resampler.resize(small, { width: 9, height: 8, filter: "box" }));
  return { bands, thumbnail, ...meanAndDeviation(thumbnail) };
}

/** Bits in which two hashes differ, 0 to 64. */
export function hashDistance(a: Fingerprint, b: Fingerprint): number {
  let distance = 0;
  for (let band = 0; band < 4; band++) distance += bitCount(a.bands[band]! ^ b.bands[band]!);
  return distance;
}

/** Correlation of two thumbnails, -1 to 1: blind to brightness and contrast, not to colour. */
export function similarity(a: Fingerprint, b: Fingerprint): number {
  let sum = 0;
  for (let i = 0; i < a.thumbnail.length; i++) sum += a.thumbnail[i]! * b.thumbnail[i]!;
  const covariance = sum / a.thumbnail.length - a.mean * b.mean;
  return a.deviation * b.deviation === 0 ? 0 : covariance / (a.deviation * b.deviation);
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

function meanAndDeviation(values: Uint8Array): { mean: number; deviation: number } {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / values.length - mean * mean)) };
}

import type { ResampleFilter } from "../applications/preprocessing.ts";
import { decodeImage } from "../images/decode.ts";
import { type ChannelImage, decodeChannels } from "../images/decodeChannels.ts";
import type { PixelImage } from "../images/pixelImage.ts";
import type { Resampler } from "../images/resize.ts";
import type { FloatImage } from "./floatImage.ts";
import type { Compat } from "./pipeline.ts";

export const colorModes = ["rgb", "rgba", "grayscale"] as const;

export type ColorMode = (typeof colorModes)[number];

/** How files become pictures of one size: plain JSON. */
export interface LoadingOptions {
  readonly colorMode: ColorMode;
  /** [height, width] in pixels. */
  readonly targetSize: readonly [height: number, width: number];
  readonly interpolation: ResampleFilter;
  /** Cut out the centre with the target's aspect ratio before resizing. */
  readonly keepAspectRatio: boolean;
  /** With a version of Keras, EXIF orientation is ignored and alpha dropped; without, applied and composed on white. */
  readonly compat: Compat | null;
}

export interface LoadImageOptions extends LoadingOptions {
  readonly path?: string;
}

export function channelsOf(colorMode: ColorMode): 1 | 3 | 4 {
  return { rgb: 3, rgba: 4, grayscale: 1 }[colorMode] as 1 | 3 | 4;
}

/**
 * Decodes and resizes a picture as Keras's `load_img` and `img_to_array`: floats from 0 to 255.
 *
 * @param resampler - Owns the memory; one for many pictures.
 * @throws PermafrostError IMAGE_UNREADABLE with the path.
 */
export async function loadImage(
  bytes: Uint8Array,
  options: LoadImageOptions,
  resampler: Resampler,
): Promise<FloatImage> {
  const { image, alpha } = await decode(bytes, options);
  const coloured = options.colorMode === "grayscale" ? grey(image) : image;
  const resize = (pixels: PixelImage): PixelImage => resizeTo(pixels, options, resampler);
  if (options.colorMode === "rgb") return packed([resize(coloured)], 3);
  if (options.colorMode === "grayscale") return packed([resize(coloured)], 1);
  const opacity = asGrey(alpha, image);
  if (options.interpolation === "nearest") return packed([resize(coloured), resize(opacity)], 4);
  // Averages are taken of colours weighted by their opacity, in bytes, as Pillow does.
  const [weighted, newOpacity] = [resize(premultiply(coloured, alpha)), resize(opacity)];
  return packed([unpremultiply(weighted, newOpacity), newOpacity], 4);
}

async function decode(bytes: Uint8Array, options: LoadImageOptions): Promise<ChannelImage> {
  const where = options.path === undefined ? {} : { path: options.path };
  if (options.compat !== null) return await decodeChannels(bytes, { ...where, orientation: "ignore" });
  if (options.colorMode === "rgba") return await decodeChannels(bytes, where);
  return { image: await decodeImage(bytes, where), alpha: new Uint8Array(0) };
}

function resizeTo(image: PixelImage, options: LoadImageOptions, resampler: Resampler): PixelImage {
  const [height, width] = options.targetSize;
  if (image.height === height && image.width === width) return image;
  const source = options.keepAspectRatio ? centreCrop(image, height, width) : image;
  return resampler.resize(source, { width, height, filter: options.interpolation });
}

/** The largest centred part of the target's aspect ratio; whole pixels, rounded down as Keras does. */
function centreCrop(image: PixelImage, height: number, width: number): PixelImage {
  const rows = Math.min(image.height, Math.floor((image.width * height) / width));
  const columns = Math.min(image.width, Math.floor((image.height * width) / height));
  const top = Math.floor((image.height - rows) / 2);
  const left = Math.floor((image.width - columns) / 2);
  const data = new Uint8Array(rows * columns * 3);
  for (let y = 0; y < rows; y++) {
    const start = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(start, start + columns * 3), y * columns * 3);
  }
  return { height: rows, width: columns, data };
}

/** ITU-R 601-2 luma in all three channels; Pillow's, with 16 fraction bits, or without rounding libpng's, with 15. */
export function grey(image: PixelImage, rounding: "round" | "cut" = "round"): PixelImage {
  const data = new Uint8Array(image.data.length);
  for (let i = 0; i < data.length; i += 3) {
    const [r, g, b] = [image.data[i]!, image.data[i + 1]!, image.data[i + 2]!];
    const luma =
      rounding === "round"
        ? (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16
        : (r * 9797 + g * 19234 + b * 3737) >> 15;
    data.fill(luma, i, i + 3);
  }
  return { width: image.width, height: image.height, data };
}

function asGrey(alpha: Uint8Array, { width, height }: PixelImage): PixelImage {
  return {
    width,
    height,
    data: Uint8Array.from({ length: alpha.length * 3 }, (_, i) => alpha[Math.floor(i / 3)]!),
  };
}

function premultiply(image: PixelImage, alpha: Uint8Array): PixelImage {
  const data = image.data.map((value, i) => {
    const product = value * alpha[Math.floor(i / 3)]! + 128;
    return ((product >> 8) + product) >> 8;
  });
  return { width: image.width, height: image.height, data };
}

function unpremultiply(image: PixelImage, opacity: PixelImage): PixelImage {
  const data = image.data.map((value, i) => {
    const alpha = opacity.data[i]!;
    return alpha === 0 || alpha === 255 ? value : Math.min(255, Math.trunc((255 * value) / alpha));
  });
  return { width: image.width, height: image.height, data };
}

/** The first `channels` of colours and opacity, as floats. */
function packed([colours, opacity]: readonly PixelImage[], channels: 1 | 3 | 4): FloatImage {
  const { width, height, data } = colours!;
  const target = new Float32Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < channels; c++) {
      target[pixel * channels + c] = c < 3 ? data[pixel * 3 + c]! : opacity!.data[pixel * 3]!;
    }
  }
  return { height, width, channels, data: target };
}

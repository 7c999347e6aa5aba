import type { Sharp, SharpOptions } from "sharp";
import { PermafrostError } from "../base/errors.ts";
import { codecVersion } from "./codecVersion.ts";
import { decodedFormats, formatOfContent } from "./format.ts";
import { firstLine, inspectImage, whyNot } from "./inspect.ts";
import type { PixelImage } from "./pixelImage.ts";

/** Changes whenever the same bytes may decode to other pixels: the number here by hand, the codec by itself. */
export const decodeVersion = `decode-1-${codecVersion}`;

export interface DecodeOptions {
  /** Where the bytes came from, for messages. */
  readonly path?: string;
  /** Transparent pixels: "compose" on white (default), or "drop" the alpha channel as Keras and Pillow do. */
  readonly alpha?: "compose" | "drop";
  /** Larger pictures are refused before any pixel is decoded. Default 100 million. */
  readonly maxPixels?: number;
}

/** Pixels of the largest picture that is decoded by default: 300 MB of bytes. */
export const defaultMaxPixels = 100_000_000;

/**
 * Decodes a picture at its full size to 8-bit RGB.
 *
 * JPEG, PNG, WebP, GIF, TIFF and AVIF. The EXIF orientation is applied; grey, palette, CMYK and 16-bit pictures become
 * 8-bit sRGB (16-bit samples keep their upper byte); of several frames the first is taken. Embedded colour profiles are
 * ignored, as Pillow, TensorFlow and torchvision ignore them: networks were trained on such pixels.
 *
 * @throws PermafrostError IMAGE_UNREADABLE for other formats, for files that are cut off or damaged in a way
 *   the decoder notices, and for pictures over `maxPixels`.
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<PixelImage> {
  const format = formatOfContent(bytes);
  if (!decodedFormats.includes(format)) throw unreadable(whyNot(format, bytes), options);
  const maxPixels = options.maxPixels ?? defaultMaxPixels;
  const { sharp } = await import("./codec.ts");
  try {
    const pipeline = rgbPipeline(sharp(bytes, inputOptions(maxPixels)), options.alpha ?? "compose");
    const { data, info } = await pipeline.toBuffer({ resolveWithObject: true });
    const pixels = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { width: info.width, height: info.height, data: pixels };
  } catch (error) {
    const found = await explain(error, bytes, maxPixels);
    throw unreadable(found, options, error);
  }
}

/** How every picture is opened. */
export function inputOptions(maxPixels: number): SharpOptions {
  return { failOn: "warning", limitInputPixels: maxPixels, ignoreIcc: true, sequentialRead: true };
}

function rgbPipeline(stored: Sharp, alpha: "compose" | "drop"): Sharp {
  const upright = stored.autoOrient();
  const opaque = alpha === "drop" ? upright.removeAlpha() : upright.flatten({ background: "#ffffff" });
  return opaque.toColourspace("srgb").raw({ depth: "uchar" });
}

/** What was found in place of a good picture. */
async function explain(error: unknown, bytes: Uint8Array, maxPixels: number): Promise<string> {
  const facts = await inspectImage(bytes);
  if (!facts.readable && facts.problem !== undefined) return facts.problem;
  const format = facts.format.toUpperCase();
  if (facts.width * facts.height > maxPixels) {
    return `a ${format} of ${facts.width} x ${facts.height} pixels, over the limit of ${maxPixels.toLocaleString("en")} pixels`;
  }
  return `a ${format} that is cut off or damaged (${firstLine(error)})`;
}

function unreadable(found: string, options: DecodeOptions, cause?: unknown): PermafrostError {
  const where = options.path ?? "image";
  return new PermafrostError(
    "IMAGE_UNREADABLE",
    `${where}: expected a JPEG, PNG, WebP, GIF, TIFF or AVIF picture, found ${found}. ` +
      "Convert or replace the file, or take it out.",
    { details: options.path === undefined ? { found } : { path: options.path, found }, cause },
  );
}

import { type DecodeOptions, decodeImage, defaultMaxPixels, inputOptions } from "./decode.ts";
import type { PixelImage } from "./pixelImage.ts";

/** A decoded picture with its alpha channel beside it. */
export interface ChannelImage {
  readonly image: PixelImage;
  /** [height, width], 0 transparent to 255; all 255 where the file has none. */
  readonly alpha: Uint8Array;
}

export interface DecodeChannelsOptions extends Pick<DecodeOptions, "path" | "maxPixels"> {
  /** Turn the picture as its EXIF orientation says (default), or leave it as it is stored, as Keras does. */
  readonly orientation?: "apply" | "ignore";
}

/**
 * Decodes as `decodeImage` does, but keeps the alpha channel: colours are those that are stored under it, not composed.
 *
 * @throws PermafrostError IMAGE_UNREADABLE, as `decodeImage`.
 */
export async function decodeChannels(
  bytes: Uint8Array,
  options: DecodeChannelsOptions = {},
): Promise<ChannelImage> {
  const { sharp } = await import("./codec.ts");
  try {
    const stored = sharp(bytes, inputOptions(options.maxPixels ?? defaultMaxPixels));
    const turned = options.orientation === "ignore" ? stored : stored.autoOrient();
    const { data, info } = await turned
      .toColourspace("srgb")
      .ensureAlpha()
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return separated(data, info.width, info.height);
  } catch (error) {
    // The same bytes fail there too, with a message that says what they are.
    await decodeImage(bytes, options);
    throw error;
  }
}

function separated(rgba: Uint8Array, width: number, height: number): ChannelImage {
  const data = new Uint8Array(width * height * 3);
  const alpha = new Uint8Array(width * height);
  for (let i = 0; i < alpha.length; i++) {
    data[i * 3] = rgba[i * 4]!;
    data[i * 3 + 1] = rgba[i * 4 + 1]!;
    data[i * 3 + 2] = rgba[i * 4 + 2]!;
    alpha[i] = rgba[i * 4 + 3]!;
  }
  return { image: { width, height, data }, alpha };
}

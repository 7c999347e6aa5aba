/** File formats that pictures are written in. */
export const encodedFormats = ["png", "jpeg", "jpg"] as const;

export type EncodedFormat = (typeof encodedFormats)[number];

/** Bytes of a picture: [height, width, channels] packed. */
export interface EncodablePixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/** Encodes a picture as a PNG, or as a JPEG of quality 90 (without its alpha channel). */
export async function encodeImage(pixels: EncodablePixels, format: EncodedFormat): Promise<Uint8Array> {
  const { width, height, channels, data } = pixels;
  const { sharp } = await import("./codec.ts");
  const raw = sharp(data, { raw: { width, height, channels } });
  return format === "png" ? await raw.png().toBuffer() : await raw.jpeg({ quality: 90 }).toBuffer();
}

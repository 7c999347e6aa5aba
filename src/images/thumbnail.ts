import { readFile } from "node:fs/promises";
import { decodeImage } from "./decode.ts";
import { encodeImage } from "./encode.ts";
import { Resampler } from "./resize.ts";

/**
 * A small JPEG of an image file as a data URI, for pages that stand alone.
 *
 * @param side - Pixels of the longer side (default 160); smaller images keep their size.
 * @throws PermafrostError IMAGE_UNREADABLE
 */
export async function thumbnail(path: string, side = 160): Promise<string> {
  const image = await decodeImage(await readFile(path), { path });
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const small = new Resampler().resize(image, {
    width: Math.max(1, Math.round(image.width * scale)),
    height: Math.max(1, Math.round(image.height * scale)),
    filter: "bilinear",
  });
  const jpeg = await encodeImage({ ...small, channels: 3 }, "jpeg");
  return `data:image/jpeg;base64,${Buffer.from(jpeg).toString("base64")}`;
}

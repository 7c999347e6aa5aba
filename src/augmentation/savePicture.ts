import path from "node:path";
import { writeFileAtomic } from "../base/files.ts";
import { type EncodedFormat, encodeImage } from "../images/encode.ts";
import { invalid } from "./checks.ts";
import { extremes, type FloatImage } from "./floatImage.ts";
import { stretched } from "./transforms/brightness.ts";

/** Writes a picture of any values as an image file: its least value becomes black, its greatest white, as Keras does. */
export async function savePicture(
  image: FloatImage,
  folder: string,
  name: string,
  format: EncodedFormat,
): Promise<void> {
  const { width, height, channels } = image;
  if (channels !== 1 && channels !== 3 && channels !== 4)
    throw invalid("saveToDir", "1, 3 or 4 channels", channels);
  const { min, max } = extremes(image.data);
  const data = Uint8Array.from(stretched(image.data, min, max));
  const bytes = await encodeImage({ width, height, channels, data }, format);
  await writeFileAtomic(path.join(folder, `${name}.${format}`), bytes);
}
